import type { ConversationEvent } from '@ramal/conversation'
import { type Metadata, type NewEvent, positionOf, type Recorded, streamName, type Write } from '@ramal/core'

const MINUTE = 60_000
export const START_OF_LOG = 1_767_225_600_000

const actor = { kind: 'human', id: 'agent-7' } as const

const decision = {
  pass: 'router-12345',
  policy: '0123456789abcdef',
  basis: '0000000000012345',
  step: 0,
  considered: 40,
  verdicts: { ok: 3, capacity: 20, skill: 10, unavailable: 7 },
  candidates: [{ agent: 'agent-7', verdict: 'ok', score: [120, 3], rank: 0, idleSince: START_OF_LOG }],
  tieBreak: 'idle',
  order: 123_456,
  waiting: 12,
} as const

const text = (words: string) => ({ kind: 'text', text: words }) as const

/** What a conversation on a messaging channel leaves in the log: fourteen events, of which FCR reads four. */
const conversation = (number: number, customer: string): readonly ConversationEvent[] => [
  {
    type: 'ConversationOpened',
    data: {
      channel: number % 3 === 0 ? 'whatsapp' : number % 3 === 1 ? 'webchat' : 'sms',
      endpoint: `endpoint-${number % 5}`,
      direction: 'inbound',
      customer,
    },
  },
  {
    type: 'MessageReceived',
    data: { message: `m1-${number}`, content: text('Where is my order? It is late.') },
  },
  {
    type: 'TicketClassified',
    data: {
      queue: `queue-${number % 7}`,
      priority: 0,
      requirements: [{ skill: 'orders', level: 3 }],
      labels: ['late'],
      policy: '0123456789abcdef',
      intent: 'delivery',
    },
  },
  {
    type: 'OfferIssued',
    data: { offer: `o-${number}`, agent: 'agent-7', cost: 1, expiresAt: START_OF_LOG, decision },
  },
  { type: 'OfferAccepted', data: { offer: `o-${number}`, agent: `agent-${number % 200}` } },
  {
    type: 'SendRequested',
    data: { message: `m2-${number}`, content: text('Let me look, one moment.'), by: actor },
  },
  { type: 'SendAttempted', data: { message: `m2-${number}`, attempt: 1 } },
  { type: 'MessageSent', data: { message: `m2-${number}`, providerId: `wamid.${number}-2` } },
  { type: 'DeliveryAdvanced', data: { message: `m2-${number}`, to: 'delivered' } },
  { type: 'DeliveryAdvanced', data: { message: `m2-${number}`, to: 'read' } },
  { type: 'MessageReceived', data: { message: `m3-${number}`, content: text('Thank you very much') } },
  { type: 'WrapUpStarted', data: { agent: 'agent-7' } },
  { type: 'ConversationResolved', data: { by: actor, disposition: 'answered' } },
  { type: 'WrapUpFinished', data: { agent: 'agent-7' } },
]

export const EVENTS_PER_CONVERSATION = 14
/** Every fifth conversation is the second of a customer, an hour after the first. */
export const isRepeat = (number: number): boolean => number % 5 === 4

const idOfConversation = (number: number): string =>
  `${number.toString(16).padStart(8, '0')}-5c1e-8d2f-9a3b-0123456789ab`

const metaOf = (number: number, index: number, at: number): Metadata => ({
  id: `${number.toString(16).padStart(8, '0')}-0000-8000-8000-${index.toString(16).padStart(12, '0')}`,
  at,
  tenant: 'demo',
  correlationId: `correlation-${number}`,
  causationId: `causation-${number}-${index}`,
  schemaVersion: 1,
})

const firstOf = (number: number): number => (isRepeat(number) ? number - 1 : number)

/** An event every ten seconds; a repeat begins an hour after what it repeats. `spacing`: ms between conversations. */
const timeOf = (number: number, index: number, spacing: number): number =>
  START_OF_LOG + Math.floor(firstOf(number) * spacing) + (isRepeat(number) ? 60 * MINUTE : 0) + index * 10_000

export const eventsOf = (number: number): readonly NewEvent[] =>
  conversation(number, `customer-${firstOf(number)}`).map((event, i) => ({
    ...event,
    meta: metaOf(number, i, timeOf(number, i, MINUTE)),
  }))

export const writesOf = (from: number, to: number): readonly Write[] =>
  Array.from({ length: to - from }, (_, i) => ({
    stream: streamName('conversation', idOfConversation(from + i)),
    expected: 'empty',
    events: eventsOf(from + i),
  }))

/** Those events of a conversation that FCR reads, as a store would give them. */
export const recordedOf = (
  number: number,
  wanted: ReadonlySet<string>,
  spacing: number,
): readonly Recorded[] => {
  const stream = streamName('conversation', idOfConversation(number))
  const recorded: Recorded[] = []
  conversation(number, `customer-${firstOf(number)}`).forEach((event, version) => {
    if (!wanted.has(event.type)) return
    const at = timeOf(number, version, spacing)
    const position = positionOf(number * EVENTS_PER_CONVERSATION + version + 1)
    recorded.push({ ...event, meta: metaOf(number, version, at), stream, version, position, recordedAt: at })
  })
  return recorded
}
