import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import {
  categoryOf,
  type Event,
  type EventFamily,
  expectedAt,
  type Guard,
  type Instant,
  idOf,
  type NewEvent,
  type Position,
  StoreError,
  type StreamName,
  streamName,
  uuidsOf,
  type Write,
} from '@ramal/core'
import { type Decision, digestOf, type RoutingState, shadowOf } from '@ramal/routing'
import { type WorkforceEvent, workforceEvents } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import { type Ledger, type LedgerEvent, ledgerEvents, ledgerStream } from './ledger.js'

export interface PassFacts {
  readonly domain: string
  readonly tenant: string
  readonly router: string
  readonly pass: string
  readonly basis: Position
  readonly now: Instant
  readonly onlyOffers: boolean
  readonly most: number | undefined
}

/** Puts on the events of a pass, in their order, where they come from. */
const stampsOf = ({ domain, tenant, router, pass, now }: PassFacts) => {
  const id = uuidsOf(`${domain}/${pass}`)
  const actor = `router/${router}`
  const causationId = `pass/${domain}/${pass}`
  let count = 0
  return <Ev extends Event>(family: EventFamily<Ev>, event: Ev, stream: StreamName): NewEvent<Ev> => {
    const meta = { id: id(count++), at: now, tenant, actor, correlationId: idOf(stream), causationId }
    const encoded = family.encode(event, meta)
    if (E.isRight(encoded)) return encoded.right
    throw new StoreError(
      'invalid',
      `Routing decided an invalid ${event.type} for ${stream}: ${encoded.left.message}.`,
    )
  }
}

const versionOf = ({ tickets, agents }: RoutingState, stream: StreamName): number =>
  (categoryOf(stream) === 'agent' ? agents : tickets).get(idOf(stream))?.version ?? -1

const NOBODY: readonly string[] = []

/** Agents by whom it was decided: who carries more by it, and who it would have waited for. */
const agentsIn = ({ tickets }: RoutingState, { stream, event }: Decision): readonly string[] => {
  switch (event.type) {
    case 'TicketClassified':
      return event.data.prefer?.agents ?? NOBODY
    case 'OfferIssued':
      return [event.data.agent, ...(tickets.get(idOf(stream))?.preferred?.agents ?? NOBODY)]
    case 'TicketPicked':
    case 'ConsultStarted':
    case 'TicketAwoke':
      return [event.data.agent]
    default:
      return NOBODY
  }
}

/**
 * What a pass was decided on and does not write: the policy, and agents. Else who has just left, or has less room now,
 * would be given something all the same.
 */
export const guardsOf = (state: RoutingState, decisions: readonly Decision[]): readonly Guard[] => {
  const agents = new Set<StreamName>()
  for (const one of decisions) for (const id of agentsIn(state, one)) agents.add(streamName('agent', id))
  for (const { stream } of decisions) agents.delete(stream)
  return [
    ...[...state.policies].map(([stream, version]) => ({ stream, expected: expectedAt(version) })),
    ...[...agents].map((stream) => ({ stream, expected: expectedAt(versionOf(state, stream)) })),
  ]
}

/** What the shadow policy, if there is one, says to what a pass offers. */
export const shadowEvent = (
  state: RoutingState,
  decisions: readonly Decision[],
  { pass, now }: Pick<PassFacts, 'pass' | 'now'>,
): Extract<LedgerEvent, { type: 'ShadowDecided' }> | undefined => {
  const { shadow } = state
  if (!shadow) return undefined
  const choices = shadowOf(state, shadow, decisions, now)
  if (choices.length === 0) return undefined
  return { type: 'ShadowDecided', data: { pass, policy: shadow.hash, choices } }
}

/** The one append of a pass: each stream at the version that was known, the ledger too. All or nothing. */
export const writesOf = (
  state: RoutingState,
  ledger: Ledger,
  decisions: readonly Decision[],
  facts: PassFacts,
): readonly Write[] => {
  const stamp = stampsOf(facts)
  const byStream = new Map<StreamName, NewEvent[]>()
  for (const { stream, event } of decisions) {
    const stamped =
      categoryOf(stream) === 'agent'
        ? stamp(workforceEvents, event as WorkforceEvent, stream)
        : stamp(conversationEvents, event as ConversationEvent, stream)
    const events = byStream.get(stream)
    if (events) events.push(stamped)
    else byStream.set(stream, [stamped])
  }
  const stream = ledgerStream(facts.domain)
  const completed: LedgerEvent = {
    type: 'PassCompleted',
    data: {
      pass: facts.pass,
      term: ledger.term,
      basis: facts.basis,
      decidedAt: facts.now,
      policy: state.policy!.hash,
      state: digestOf(state),
      decisions: decisions.length,
      onlyOffers: facts.onlyOffers ? true : undefined,
      most: facts.most,
    },
  }
  const shadow = shadowEvent(state, decisions, facts)
  const events = (shadow ? [shadow, completed] : [completed]).map((event) =>
    stamp(ledgerEvents, event, stream),
  )
  return [
    ...[...byStream].map(([name, events]) => ({
      stream: name,
      expected: expectedAt(versionOf(state, name)),
      events,
    })),
    { stream, expected: expectedAt(ledger.version), events },
  ]
}
