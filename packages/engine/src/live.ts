import type { Instant } from '@ramal/core'
import type { FcrState } from '@ramal/fcr'
import type { RunningProjection } from '@ramal/projection'
import type { Router } from '@ramal/router'
import { distinctUntilChanged, map, Observable, type OperatorFunction, share } from 'rxjs'

export interface LiveOffer {
  readonly offer: string
  readonly conversation: string
  readonly agent: string
  readonly channel: string
  readonly queue: string
  readonly customer: string
  readonly since: Instant
  readonly expiresAt: Instant
}

export interface InboxTicket {
  readonly conversation: string
  readonly place: 'assigned' | 'wrapUp'
  readonly channel: string
  readonly queue: string
  readonly customer: string
  readonly since: Instant
}

/** Emits on each change of what it watches: now, and then once for each page of the log, however long it is. */
const onChange = <A>(watch: (listener: () => void) => () => void, read: () => A): Observable<A> =>
  new Observable<A>((subscriber) => {
    subscriber.next(read())
    return watch(() => subscriber.next(read()))
  })

const changed = <A>(): OperatorFunction<A, A> =>
  distinctUntilChanged((a, b) => a === b || JSON.stringify(a) === JSON.stringify(b))

const byId = (a: { conversation: string }, b: { conversation: string }) =>
  a.conversation < b.conversation ? -1 : 1

const readOffers = ({ state }: Router, agent: string): readonly LiveOffer[] => {
  const offers: LiveOffer[] = []
  for (const id of state.agents.get(agent)?.offers ?? []) {
    const ticket = state.tickets.get(id)
    for (const [offer, { agent: to, expiresAt }] of ticket?.offers ?? [])
      if (ticket && to === agent) {
        const { channel, queue = '', customer, since } = ticket
        offers.push({ offer, conversation: id, agent, channel, queue, customer, since, expiresAt })
      }
  }
  return offers.sort(byId)
}

const readInbox = ({ state }: Router, agent: string): readonly InboxTicket[] => {
  const tickets: InboxTicket[] = []
  for (const id of state.agents.get(agent)?.tickets ?? []) {
    const ticket = state.tickets.get(id)
    if (!ticket) continue
    const { channel, queue = '', customer, since } = ticket
    const place = ticket.assignee === agent ? 'assigned' : 'wrapUp'
    tickets.push({ conversation: id, place, channel, queue, customer, since })
  }
  return tickets.sort(byId)
}

export interface Live {
  /** The offers that an agent can answer now. */
  offers(agent: string): Observable<readonly LiveOffer[]>
  /** The tickets that an agent has. */
  inbox(agent: string): Observable<readonly InboxTicket[]>
}

export const live = (router: Router): Live => {
  const watch = <A>(read: () => A) => onChange(router.onChange, read).pipe(changed(), share())
  return {
    offers: (agent) => watch(() => readOffers(router, agent)),
    inbox: (agent) => watch(() => readInbox(router, agent)),
  }
}

/** A read of a projection as a stream of values: the first at once, then at most one for each page of the log. */
export const liveFigures = <A>(
  running: RunningProjection<FcrState>,
  read: (state: FcrState) => A,
): Observable<A> =>
  onChange(running.onChange, () => running.state as FcrState).pipe(map(read), changed(), share())
