import type { Clock, EventStore, Instant, Position } from '@ramal/core'
import { type FcrDefinition, type Figures, fcrProjection, figuresOf } from '@ramal/fcr'
import {
  type AgentLine,
  agentLines,
  conversationsOf,
  customerIndexProjection,
  deskProjection,
  type Entry,
  type Inbox,
  inboxOf,
  type Projection,
  type QueueLine,
  queueLines,
  type RunningProjection,
  runProjection,
  timelineOf,
} from '@ramal/projection'
import type { Router } from '@ramal/router'
import { type ServiceCell, type ServiceFigures, serviceProjection } from '@ramal/service-metrics'
import { distinctUntilChanged, Observable, shareReplay } from 'rxjs'
import { type CampaignProgress, campaignProjection, progressOf } from './campaign-progress.js'
import { type ContextViews, contextViews } from './context-views.js'
import { type Template, templatesOf, templatesProjection } from './templates.js'

export interface LiveOffer {
  readonly offer: string
  readonly conversation: string
  readonly agent: string
  readonly channel: string
  readonly queue: string
  readonly customer: string
  /** Since when the customer waits. */
  readonly since: Instant
  readonly expiresAt: Instant
}

/** First-contact resolution now: of everything, and of each channel. */
export interface LiveFcrFigures {
  readonly definition: FcrDefinition
  readonly total: Figures
  readonly byChannel: readonly { readonly channel: string; readonly figures: Figures }[]
}

export interface LiveServiceFigures {
  readonly total: ServiceFigures
  readonly byQueue: readonly ServiceCell[]
  readonly byChannel: readonly ServiceCell[]
}

export interface Wallboard {
  readonly queues: readonly QueueLine[]
  readonly agents: readonly AgentLine[]
}

/**
 * What changes, as it changes. Each gives its value at once and then a new one when it is another, at most one for
 * each page of the log, however long the page. What nobody watches costs nothing.
 */
export interface Live extends ContextViews {
  /** The offers that an agent can answer now. */
  offers(agent: string): Observable<readonly LiveOffer[]>
  /** What an agent has: offers, tickets with their last message, wrap-ups, and how many wait. */
  inbox(agent: string): Observable<Inbox>
  /** Queues and agents. Waits are as of the last change. */
  wallboard(): Observable<Wallboard>
  /** Under the definition of the options. Also changes when time alone decides a unit. */
  fcr(): Observable<LiveFcrFigures>
  service(): Observable<LiveServiceFigures>
  /** How far a campaign has come; undefined while there is none of that id. */
  campaignProgress(campaign: string): Observable<CampaignProgress | undefined>
  /** Templates of which a provider has reported anything: their status, category and quality. */
  templates(): Observable<readonly Template[]>
  /** Everything between a customer and the brand, over all channels, in order. */
  timeline(customer: string): Promise<readonly Entry[]>
  /** All conversations of the person behind a customer id, on every channel, in the order of the log. */
  conversationsOf(customer: string): Promise<readonly string[]>
}

interface LiveDeps {
  readonly store: EventStore
  readonly clock: Clock
  readonly router: Router
  readonly definition: FcrDefinition
  readonly signal: AbortSignal
}

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
  return offers.sort((a, b) => a.expiresAt - b.expiresAt || (a.offer < b.offer ? -1 : 1))
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** A value, and another one whenever `watch` calls back and it has changed. Late subscribers get the newest. */
const observe = <A>(watch: (listener: () => void) => () => void, read: () => A): Observable<A> =>
  new Observable<A>((subscriber) => {
    const tell = () => {
      // A fault in reading ends this view and no other.
      try {
        subscriber.next(read())
      } catch (error) {
        subscriber.error(error)
      }
    }
    tell()
    return watch(tell)
  }).pipe(distinctUntilChanged<A>(same), shareReplay({ bufferSize: 1, refCount: true }))

const EMPTY: Inbox = { offers: [], tickets: [], wrapUps: [], waiting: {} }

export interface LiveViews extends Live {
  /** Resolves when every view that was started knows everything up to here. */
  settledAt(position: Position): Promise<void>
  readonly ended: () => Promise<unknown>
}

export const liveViews = ({ store, clock, router, definition, signal }: LiveDeps): LiveViews => {
  const started: RunningProjection<unknown>[] = []
  const following = new Set<Promise<void>>()

  /** Runs a projection from the first time that somebody asks. */
  const lazily = <S>(projection: () => Projection<S>): (() => RunningProjection<S>) => {
    let running: RunningProjection<S> | undefined
    return () => {
      if (running) return running
      running = runProjection({ store, clock, signal }, projection())
      started.push(running)
      return running
    }
  }

  /** From when the projection has caught up for the first time. `due`: when time alone changes the value. */
  const view = <S, A>(
    running: () => RunningProjection<S>,
    read: (state: Readonly<S>) => A,
    due?: (state: Readonly<S>) => Instant,
  ): Observable<A> =>
    new Observable<A>((subscriber) => {
      const one = running()
      const ending = new AbortController()
      const watch = (listener: () => void): (() => void) => {
        const unwatch = one.onChange(listener)
        const wakeWhenDue = async () => {
          while (due && !ending.signal.aborted) {
            const wait = due(one.state) - clock.now()
            await clock.sleep(Math.min(Math.max(wait, 1), 3_600_000), ending.signal)
            if (!ending.signal.aborted) listener()
          }
        }
        void wakeWhenDue()
        return unwatch
      }
      one.caughtUp().then(
        () => {
          if (!ending.signal.aborted) ending.signal.addEventListener('abort', subscribe())
        },
        (error) => (signal.aborted ? subscriber.complete() : subscriber.error(error)),
      )
      const subscribe = () => {
        const inner = observe(watch, () => read(one.state)).subscribe(subscriber)
        return () => inner.unsubscribe()
      }
      return () => ending.abort()
    }).pipe(shareReplay({ bufferSize: 1, refCount: true }))

  const desk = lazily(deskProjection)
  const customers = lazily(customerIndexProjection)
  const fcr = lazily(() => fcrProjection({ definition }))
  const campaigns = lazily(campaignProjection)
  const service = lazily(() => serviceProjection())
  const templates = lazily(templatesProjection)

  const contexts = contextViews({
    store,
    signal,
    index: customers,
    started: (outcome) => {
      const ended = outcome.then(() => void following.delete(ended))
      following.add(ended)
    },
  })

  return {
    ...contexts,
    offers: (agent) => observe(router.onChange, () => readOffers(router, agent)),
    inbox: (agent) => view(desk, (state) => structuredClone(inboxOf(state, agent)) ?? EMPTY),
    wallboard: () =>
      view(desk, (state) => ({
        queues: queueLines(state, clock.now()),
        agents: agentLines(state, clock.now()),
      })),
    fcr: () =>
      view(
        fcr,
        (state) => {
          state.refresh(clock.now())
          const byChannel = state
            .by('channel')
            .map(({ values: [channel = ''], counts }) => ({ channel, figures: figuresOf(counts) }))
          return { definition, total: figuresOf(state.total), byChannel }
        },
        (state) => state.nextDue(),
      ),
    campaignProgress: (id) => view(campaigns, (state) => progressOf(state, id)),
    service: () =>
      view(service, (state) => ({
        total: state.total,
        byQueue: state.by('queue'),
        byChannel: state.by('channel'),
      })),
    templates: () => view(templates, templatesOf),
    async timeline(customer) {
      const index = customers()
      await index.caughtUp()
      return timelineOf(store, index.state, customer)
    },
    async conversationsOf(customer) {
      const index = customers()
      await index.caughtUp()
      return conversationsOf(index.state, customer)
    },
    async settledAt(position) {
      for (const running of started) await running.reached(position)
    },
    ended: () => Promise.all([...started.map(({ outcome }) => outcome), ...following]),
  }
}
