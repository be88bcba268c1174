import {
  appendGuarded,
  type Clock,
  categoryOf,
  comparePositions,
  type EventStore,
  type Fact,
  type Guard,
  type Instant,
  metadataFor,
  type Position,
  type Recorded,
  START,
  StoreError,
  type Write,
} from '@ramal/core'
import {
  applyToRouting,
  type Decision,
  initialState,
  matcher,
  type PassInput,
  ROUTING_CATEGORIES,
  type RoutingState,
  routeWith,
} from '@ramal/routing'
import * as E from 'fp-ts/lib/Either.js'
import { type Ledger, type LedgerEvent, ledgerEvents, ledgerReducer, ledgerStream } from './ledger.js'
import { checkOptions, routerOptions } from './options.js'
import { guardsOf, writesOf } from './write-pass.js'

export interface RouterOptions {
  readonly store: EventStore
  readonly clock: Clock
  /** Whose tickets: one log may hold several domains only if their streams never mix. Default `main`. */
  readonly domain?: string
  readonly tenant?: string
  /** Names this process in the ledger; different for every process. */
  readonly router: string
  /**
   * How long this router watches due work left undone before it takes over, in ms. 0 when the store has only
   * this process. Default 3000.
   */
  readonly patience?: number
  /**
   * A pass ends after so many decisions, and the next goes on: so long can the process be held up by one, and so
   * many can be lost when somebody wrote meanwhile. Default `MOST`.
   */
  readonly most?: number
  /** Told of what heals by itself: a store that cannot be reached. */
  readonly onTrouble?: (error: unknown) => void
  /** Told of each pass that decided something: how much, and how long that held up everything else, in ms. */
  readonly onPass?: (pass: { readonly decisions: number; readonly took: number }) => void
}

type Told = 'onTrouble' | 'onPass'

export interface Router {
  /** Resolves when everything up to here, and everything due by now, is decided on. Rejects when the router has ended. */
  settledAt(position: Position): Promise<void>
  /** The state as last folded. Read it; it is changed in place. */
  readonly state: Readonly<RoutingState>
  readonly active: boolean
  readonly passes: number
  /** Calls back when the state has changed, once for what came at a time. Returns how to stop. */
  onChange(listener: () => void): () => void
  /** Resolves when the router has ended; rejects with what ended it. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** Decisions of a pass, unless it is said otherwise: so many take milliseconds, and share one write. */
export const MOST = 250

const RETRY_PAUSE = 200

class RunningRouter implements Router {
  readonly state = initialState()
  readonly ended: Promise<void>
  readonly #matcher = matcher(this.state)
  readonly #ledger: Ledger = ledgerReducer.initial()
  readonly #stopping = new AbortController()
  readonly #waiters = new Set<{ at: Position; resolve: () => void; reject: (error: unknown) => void }>()
  readonly #listeners = new Set<() => void>()
  readonly #options: Required<Omit<RouterOptions, Told>> & Pick<RouterOptions, Told>
  #basis: Position = START
  /** What was written last, or was there before it: to be read before anything else is decided. */
  #known: Position = START
  /** Everything up to here is decided on, and the router rests. */
  #settled: Position | undefined
  /** The same, before it rests. */
  #decided: Position | undefined
  #nextDue: Instant | undefined
  /** Since when a standby sees work that the active router leaves undone, and at which ledger version. */
  #neglected: { since: Instant; version: number } | undefined
  /** The last pass kept house. */
  #onlyOffers = false
  passes = 0

  constructor(options: RouterOptions) {
    const { domain = 'main', tenant = 'main', patience = 3000, most = MOST } = options
    this.#options = { ...options, domain, tenant, patience, most }
    this.ended = this.#run().finally(() => this.#endWaiters())
    // Whoever awaits `ended` or `stop` is told; nobody else should crash for it.
    this.ended.catch(() => {})
  }

  get active(): boolean {
    return this.#ledger.router === this.#options.router
  }

  settledAt(position: Position): Promise<void> {
    const { clock } = this.#options
    const waiting = this.#nextDue !== undefined && this.#nextDue <= clock.now()
    if (!waiting && this.#settled !== undefined && comparePositions(this.#settled, position) >= 0)
      return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiters.add({ at: position, resolve, reject }))
  }

  onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.ended
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const categories = [...ROUTING_CATEGORIES, 'router']
    const pages = this.#options.store.subscribe({ after: START, categories }, signal)[Symbol.asyncIterator]()
    let next = pages.next()
    try {
      while (!signal.aborted) {
        const page = await this.#pageOrDue(next)
        if (page) {
          if (page.done) return
          next = pages.next()
          next.catch(() => {})
          for (const event of page.value.events) this.#apply(event)
          this.#basis = page.value.position
          if (!page.value.caughtUp) continue
          for (const listener of this.#listeners) listener()
        }
        await this.#decide()
      }
    } finally {
      this.#stopping.abort()
      await pages.return?.()
    }
  }

  /** The next page of the log; or nothing, when time alone gives something to decide before it comes. */
  async #pageOrDue<P>(next: Promise<P>): Promise<P | undefined> {
    const { clock } = this.#options
    if (this.#nextDue === undefined) {
      this.#settle()
      return next
    }
    // Time went on meanwhile.
    if (this.#nextDue <= clock.now()) return undefined
    const waking = new AbortController()
    const due = clock.sleep(this.#nextDue - clock.now(), waking.signal).then(() => undefined)
    // Not before it sleeps: whoever waited for it may move the clock.
    this.#settle()
    try {
      return await Promise.race([next, due])
    } finally {
      waking.abort()
    }
  }

  #apply(event: Recorded): void {
    if (categoryOf(event.stream) !== 'router') return applyToRouting(this.state, event)
    if (event.stream !== ledgerStream(this.#options.domain)) return
    const fact = ledgerEvents.upcast(event) as Fact<LedgerEvent> | undefined
    if (fact) ledgerReducer.apply(this.#ledger, fact)
  }

  async #decide(): Promise<void> {
    const { clock, patience, most, onPass } = this.#options
    // A page that was read before our own last write knows less than we do.
    if (comparePositions(this.#basis, this.#known) < 0) return
    const now = clock.now()
    const pass = `p${this.#ledger.version + (this.active ? 1 : 2)}`
    const input = { pass, now, basis: this.#basis, onlyOffers: this.#onlyOffers, most }
    const { decisions, nextDue, keptHouse } = routeWith(this.#matcher, input)
    if (this.active && decisions.length > 0)
      onPass?.({ decisions: decisions.length, took: clock.now() - now })
    // After a pass that kept house comes one that offers, so that neither keeps the other waiting.
    this.#onlyOffers = keptHouse && this.active
    if (decisions.length === 0) {
      if (input.onlyOffers) return this.#decide()
      this.#neglected = undefined
      this.#nextDue = nextDue
      this.#decided = this.#basis
      return
    }
    if (this.active) return this.#write(input, decisions)
    if (this.#neglected?.version !== this.#ledger.version)
      this.#neglected = { since: now, version: this.#ledger.version }
    const patient = this.#neglected.since + (this.#ledger.router === undefined ? 0 : patience)
    if (now >= patient) return this.#startTerm(now)
    this.#nextDue = patient
  }

  async #write(input: PassInput, decisions: readonly Decision[]): Promise<void> {
    const { domain, tenant, router } = this.#options
    const { pass, basis, now, onlyOffers = false, most } = input
    const facts = { domain, tenant, router, pass, basis, now, onlyOffers, most }
    const writes = writesOf(this.state, this.#ledger, decisions, facts)
    const written = await this.#append(writes, guardsOf(this.state, decisions))
    if (written) this.passes++
    else this.#onlyOffers = false
  }

  async #startTerm(now: Instant): Promise<void> {
    const { domain, tenant, router } = this.#options
    const stream = ledgerStream(domain)
    const term = this.#ledger.term + 1
    const context = {
      commandId: `term/${domain}/${term}/${router}`,
      at: now,
      tenant,
      actor: `router/${router}`,
    }
    const event = ledgerEvents.encode(
      { type: 'TermStarted', data: { term, router } },
      metadataFor(context, stream, 0),
    )
    if (E.isLeft(event)) throw new StoreError('invalid', `Router name ${JSON.stringify(router)} is refused.`)
    const expected = this.#ledger.version < 0 ? 'empty' : { at: this.#ledger.version }
    await this.#append([{ stream, expected, events: [event.right] }])
  }

  /**
   * Appends, and then waits for the log to tell: what was written, or what somebody else wrote first, comes by
   * the subscription, and is decided on from there. Says whether it was written.
   */
  async #append(writes: readonly Write[], guards: readonly Guard[] = []): Promise<boolean> {
    const { store, clock, onTrouble } = this.#options
    this.#nextDue = undefined
    // While it is being written nothing is settled: whoever asks now waits for what comes of it.
    const settled = this.#settled
    this.#settled = undefined
    try {
      // Without guards, what is given to who has just gone the next pass takes back.
      const { appended } = await appendGuarded(store, writes, guards)
      // A lost race is everyday life: a customer wrote meanwhile. What they wrote is read, and decided on.
      this.#known = E.isRight(appended) ? appended.right.position : await store.head()
      return E.isRight(appended)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'closed') throw error
      onTrouble?.(error)
      // Nobody knows whether it was written. If it was, the log will tell; if not, time does.
      this.#settled = settled
      this.#nextDue = clock.now() + RETRY_PAUSE
      return false
    }
  }

  #settle(): void {
    const decided = this.#decided
    if (decided === undefined) return
    this.#decided = undefined
    this.#settled = decided
    for (const waiter of this.#waiters)
      if (comparePositions(waiter.at, decided) <= 0) {
        this.#waiters.delete(waiter)
        waiter.resolve()
      }
  }

  #endWaiters(): void {
    for (const { reject } of this.#waiters) reject(new StoreError('closed', 'The router has ended.'))
    this.#waiters.clear()
  }
}

/**
 * Follows the log, runs a pass whenever something came or fell due, and appends what was decided. Of several on
 * one log one is active; the others follow, and one of them takes over when due work is left undone.
 * @throws RangeError for options that cannot work, with each of them
 */
export const startRouter = (options: RouterOptions): Router => {
  checkOptions('startRouter', routerOptions, options)
  return new RunningRouter(options)
}
