import { type Clock, type EventStore, type Page, StoreError, systemClock, type Write } from '@ramal/core'

/**
 * What goes wrong with one call:
 * - `unavailable`: nothing is done, and the call rejects
 * - `lost-ack`: the append is done, and the call rejects: the caller cannot know. For reads as `unavailable`
 * - `delay`: the call takes `ms` longer
 * - `conflict`: somebody else's writes come first. For reads nothing
 */
export type Fault =
  | { readonly fault: 'unavailable' | 'lost-ack' }
  | { readonly fault: 'delay'; readonly ms: number }
  | { readonly fault: 'conflict'; readonly by: readonly Write[] }

export interface StoreCall {
  readonly method: 'append' | 'read' | 'readAll' | 'subscribe' | 'head'
  /** The how many-th call of this method, from 1. */
  readonly nth: number
  /** Of an append; empty for reads. */
  readonly writes: readonly Write[]
}

/** Says what goes wrong with a call, if anything. Draw from a seeded `Random` for faults at random. */
export type FaultPlan = (call: StoreCall) => Fault | undefined

const unavailable = (method: string, done: string): StoreError =>
  new StoreError('unavailable', `The faulty store broke ${method} as planned; ${done}.`)

/** A store that fails as planned. Everything that is not in the plan goes to `store`. */
export const faultyStore = (store: EventStore, plan: FaultPlan, clock: Clock = systemClock): EventStore => {
  const calls = new Map<StoreCall['method'], number>()
  const faultOf = (method: StoreCall['method'], writes: readonly Write[] = []): Fault | undefined => {
    const nth = (calls.get(method) ?? 0) + 1
    calls.set(method, nth)
    return plan({ method, nth, writes })
  }

  const sufferRead = async (method: StoreCall['method']): Promise<void> => {
    const fault = faultOf(method)
    if (fault?.fault === 'delay') await clock.sleep(fault.ms)
    if (fault?.fault === 'unavailable' || fault?.fault === 'lost-ack')
      throw unavailable(method, 'nothing was read')
  }

  async function* reading(
    method: StoreCall['method'],
    pages: () => AsyncIterable<Page>,
  ): AsyncGenerator<Page, void, undefined> {
    await sufferRead(method)
    yield* pages()
  }

  return {
    async append(writes, guards) {
      const fault = faultOf('append', writes)
      if (fault?.fault === 'unavailable') throw unavailable('append', 'nothing was written')
      if (fault?.fault === 'delay') await clock.sleep(fault.ms)
      if (fault?.fault === 'conflict') await store.append(fault.by)
      const appended = await store.append(writes, guards)
      if (fault?.fault === 'lost-ack') throw unavailable('append', 'the acknowledgement was lost')
      return appended
    },
    read: (stream, options) => reading('read', () => store.read(stream, options)),
    readAll: (options) => reading('readAll', () => store.readAll(options)),
    subscribe: (options, signal) => reading('subscribe', () => store.subscribe(options, signal)),
    async head() {
      await sufferRead('head')
      return store.head()
    },
    close: () => store.close(),
  }
}
