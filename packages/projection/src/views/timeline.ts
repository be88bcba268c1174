import {
  type Actor,
  type Attachment,
  advances,
  applyAttachment,
  type Content,
  type Conversation,
  type ConversationEvent,
  conversationEvents,
  type Delivery,
} from '@ramal/conversation'
import {
  type Deep,
  dictionary,
  type EventStore,
  type Instant,
  idOf,
  type Recorded,
  streamName,
} from '@ramal/core'
import { type CustomerIndex, conversationsOf } from './customers.js'

/** What happened to the ticket or the call, in the words of the event type. */
export type Happening = Exclude<
  ConversationEvent['type'],
  'MessageReceived' | 'SendRequested' | 'MessageEchoed' | 'DeliveryAdvanced' | 'OfferIssued'
>

interface Place {
  readonly conversation: string
  readonly channel: string
  readonly at: Instant
  /** Version of its event in the stream: the order of what happened at one moment. */
  readonly version: number
}

export type Entry = Place &
  (
    | {
        readonly kind: 'message'
        readonly message: string
        readonly direction: 'in' | 'out'
        readonly by: Actor
        /** As it stands now, after edits; nothing once it was revoked. */
        content: Deep<Content> | undefined
        edited: boolean
        /** Whether its file can be had; nothing where it has none. */
        file: Attachment['state'] | undefined
        /** Of our own. `requested` until more is known. */
        delivery: Delivery | 'requested' | 'refused' | 'uncertain' | undefined
      }
    | { readonly kind: 'happening'; readonly type: Happening; readonly by: string | undefined }
  )

const SHOWN: ReadonlySet<string> = new Set<Happening>([
  'ConversationOpened',
  'CallOffered',
  'CallPlaced',
  'CallAnswered',
  'CallEnded',
  'TicketClassified',
  'IntentCorrected',
  'OfferAccepted',
  'TicketPicked',
  'TicketTransferred',
  'TicketParked',
  'TicketWoken',
  'CallbackPromised',
  'ConversationAbandoned',
  'ConversationResolved',
  'ConversationReopened',
  'ConversationClosed',
  'SpamMarked',
  'SpamUnmarked',
  'SurveyAnswered',
])

type Message = Extract<Entry, { kind: 'message' }>

const byWhom = ({ data, meta }: Recorded<ConversationEvent>): string | undefined => {
  if ('agent' in data && data.agent !== undefined) return data.agent
  if ('by' in data && typeof data.by === 'object') return data.by.id ?? data.by.kind
  return meta.actor
}

/** Applies what became of a message. */
const follow = (
  messages: ReadonlyMap<string, Message>,
  { type, data }: Recorded<ConversationEvent>,
): void => {
  const message =
    'message' in data && typeof data.message === 'string' ? messages.get(data.message) : undefined
  if (!message) return
  switch (type) {
    case 'MessageEdited':
      message.content = data.content
      message.edited = true
      return
    case 'MessageRevoked':
      message.content = undefined
      return
    case 'MessageSent':
      if (message.delivery === 'requested' || message.delivery === 'uncertain') message.delivery = 'sent'
      return
    case 'SendRefused':
      message.delivery = 'refused'
      return
    case 'SendFailed':
      message.delivery = 'failed'
      return
    case 'SendUncertain':
      message.delivery = 'uncertain'
      return
    case 'DeliveryAdvanced': {
      const d = message.delivery
      const before = d === 'requested' || d === 'refused' || d === 'uncertain' ? undefined : d
      if (advances(before, data.to)) message.delivery = data.to
      return
    }
  }
}

/** The entries of one conversation, from its events in order. */
export const entriesOf = (events: Iterable<Recorded>): readonly Entry[] => {
  const entries: Entry[] = []
  const messages = new Map<string, Message>()
  const files: Pick<Conversation, 'attachments'> = { attachments: dictionary() }
  let channel = ''
  const add = (message: Message) => {
    entries.push(message)
    messages.set(message.message, message)
  }
  for (const recorded of events) {
    const event = conversationEvents.upcast(recorded) as Recorded<ConversationEvent> | undefined
    if (!event) continue
    const { data, type } = event
    if (type === 'ConversationOpened') channel = data.channel
    applyAttachment(files, event)
    const place = { conversation: idOf(event.stream), channel, at: event.meta.at, version: event.version }
    if (type === 'MessageReceived') {
      const by = { kind: 'customer' } as const
      const { message, content } = data
      add({
        ...place,
        kind: 'message',
        message,
        direction: 'in',
        by,
        content,
        edited: false,
        file: undefined,
        delivery: undefined,
      })
    } else if (type === 'SendRequested' || type === 'MessageEchoed') {
      const { message, content, by } = data
      const delivery = type === 'SendRequested' ? 'requested' : 'sent'
      const said = {
        message,
        direction: 'out',
        by,
        content,
        edited: false,
        file: undefined,
        delivery,
      } as const
      add({ ...place, kind: 'message', ...said })
    } else {
      follow(messages, event)
      if (SHOWN.has(type))
        entries.push({ ...place, kind: 'happening', type: type as Happening, by: byWhom(event) })
    }
  }
  for (const message of messages.values())
    if (message.content?.kind === 'media') message.file = files.attachments[message.content.attachment]?.state
  return entries
}

/**
 * Everything between a customer and the brand, over all channels and all identifiers, in the order in which it
 * happened. Read from the log when asked for: nothing that was said is kept a second time.
 */
export const timelineOf = async (
  store: EventStore,
  index: Readonly<CustomerIndex>,
  customer: string,
): Promise<readonly Entry[]> => {
  const all: Entry[] = []
  for (const conversation of conversationsOf(index, customer)) {
    const events: Recorded[] = []
    for await (const page of store.read(streamName('conversation', conversation))) events.push(...page.events)
    all.push(...entriesOf(events))
  }
  return all.sort(
    (a, b) =>
      a.at - b.at ||
      (a.conversation === b.conversation ? a.version - b.version : a.conversation < b.conversation ? -1 : 1),
  )
}
