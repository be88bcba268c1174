import { setImmediate as turn } from 'node:timers/promises'
import { type Instant, type Position, type Recorded, START } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { ApplyFailed, ProjectionStopped } from './failure.js'
import { memoryProjectionStorage } from './memory-storage.js'
import type { Projection } from './projection.js'
import type { Outcome, RunDeps, RunningProjection, RunOptions } from './running.js'
import { changes } from './signals.js'
import type { Parked, Saved } from './storage.js'

/** Events between two breaths, in which timers and sockets of the process get their turn. */
const BREATH = 4_000

class Lost extends Error {
  readonly outcome: Outcome
  constructor(outcome: Outcome) {
    super(outcome._tag)
    this.outcome = outcome
  }
}

/** Keeps a projection up to date until `signal` aborts. Starts at once. */
export const runProjection = <S>(
  { store, clock, signal, storage = memoryProjectionStorage() }: RunDeps,
  projection: Projection<S>,
  { effects, onFailure = {}, saveEvery = 50_000, saveWithin = 10_000 }: RunOptions<S> = {},
): RunningProjection<S> => {
  const { name, version, types, categories, snapshot } = projection
  const id = { name, version }
  const filter = { ...(types && { types }), ...(categories && { categories }) }
  const notify = changes()
  const waiting = new Set<{ readonly position: Position; settle(error?: ProjectionStopped): void }>()
  const attempts = new Map<string, number>()

  let state = projection.initial()
  let position: Position = START
  let savedPosition: Position | undefined
  let effectsDone: Position = START
  let parked: readonly Parked[] = []
  let token = 0
  let applied = 0
  let unsaved = 0
  let savedAt: Instant = 0
  let caughtUp = false
  let serving = false
  let lastRecorded: Instant | undefined
  let stopped: ProjectionStopped | undefined
  let restart = new AbortController()
  let rebuilding: { readonly unpark: boolean } | undefined

  const save = async (kept: { readonly position: Position; readonly state: Saved['state'] }) => {
    const next: Saved = { ...kept, effectsDone, parked }
    const result = await storage.save(id, token, savedPosition, next)
    if (E.isLeft(result)) {
      if (result.left._tag === 'Moved') throw new Lost({ _tag: 'Fenced', holder: token })
      throw new Lost(result.left)
    }
    savedPosition = next.position
  }

  const saveState = async () => {
    await save(snapshot ? { position, state: snapshot.encode(state) } : { position: START, state: undefined })
    unsaved = 0
    savedAt = clock.now()
  }

  const claim = async () => {
    const claimed = await storage.claim(id)
    token = claimed.token
    savedPosition = claimed.saved?.position
    parked = claimed.saved?.parked ?? []
    effectsDone = claimed.saved?.effectsDone ?? (await store.head())
    savedAt = clock.now()
    // Kept at once: a crash before the first save must not move the place from which effects run.
    if (!claimed.saved) await save({ position: START, state: undefined })
  }

  const restore = async () => {
    const saved = await storage.load(id)
    const json = saved?.state
    const decoded = snapshot && json !== undefined ? snapshot.decode(json) : undefined
    state = decoded ?? projection.initial()
    position = decoded === undefined ? START : (saved?.position ?? START)
    unsaved = 0
    caughtUp = false
  }

  const checkServing = async () => {
    const current = await storage.serving(name)
    if (current !== undefined && current > version) throw new Lost({ _tag: 'Superseded', by: current })
    return current
  }

  const takeOver = async () => {
    while (!serving) {
      const current = await checkServing()
      if (current !== undefined && current !== version) {
        const before = await storage.load({ name, version: current })
        if (before) effectsDone = before.effectsDone
        // Kept first: after a crash in between, effects run from the old mark and not from a later one.
        await saveState()
      }
      serving = current === version || (await storage.serve(name, current, version))
    }
  }

  const runEffects = async (events: readonly Recorded[]) => {
    if (!effects) return
    for (const event of events) {
      if (event.position <= effectsDone || parked.some((p) => p.id === event.meta.id)) continue
      try {
        await effects(event, state)
      } catch (cause) {
        throw new ApplyFailed(`${name}@${version}`, event, 'run effects of', cause)
      }
      effectsDone = event.position
      unsaved++
    }
  }

  const effectsUpTo = async (before: Position, events: readonly Recorded[]) => {
    if (effects && effectsDone < position && (events.length > 0 || effectsDone < before)) {
      await checkServing()
      if (effectsDone >= before) await runEffects(events)
      else
        for await (const page of store.readAll({ after: effectsDone, ...filter })) {
          await runEffects(page.events.filter((event) => event.position <= position))
          if (page.position >= position) break
        }
    }
    if (effectsDone < position) effectsDone = position
  }

  const applyAll = (events: readonly Recorded[]) => {
    const skipped = parked.length > 0 ? new Set(parked.map((p) => p.id)) : undefined
    for (const event of events) {
      if (skipped?.has(event.meta.id)) continue
      try {
        projection.apply(state, event)
      } catch (cause) {
        throw new ApplyFailed(`${name}@${version}`, event, 'apply', cause)
      }
    }
    applied += events.length
    unsaved += events.length
    lastRecorded = events.at(-1)?.recordedAt ?? lastRecorded
  }

  const publish = () => {
    for (const waiter of [...waiting]) if (waiter.position <= position) waiter.settle()
    notify.emit()
  }

  const fold = async (until: AbortSignal) => {
    await restore()
    let sinceBreath = 0
    for await (const page of store.subscribe({ after: position, ...filter }, until)) {
      applyAll(page.events)
      const before = position
      position = page.position
      caughtUp = page.caughtUp
      if (caughtUp) await takeOver()
      if (serving) await effectsUpTo(before, page.events)
      publish()
      if (unsaved >= saveEvery || (unsaved > 0 && clock.now() - savedAt >= saveWithin)) await saveState()
      sinceBreath += page.events.length
      if (!page.caughtUp && sinceBreath >= BREATH) {
        sinceBreath = 0
        await turn()
      }
    }
  }

  /** Whether to go on after a failure. */
  const recover = async (error: ApplyFailed): Promise<boolean> => {
    const { event } = error
    const tried = (attempts.get(event.meta.id) ?? 0) + 1
    attempts.set(event.meta.id, tried)
    if (onFailure.retry && tried <= onFailure.retry.attempts) {
      await clock.sleep(onFailure.retry.pause * 2 ** (tried - 1), signal)
      return true
    }
    if (onFailure.otherwise !== 'park') return false
    const { type, meta } = event
    parked = [
      ...parked,
      { id: meta.id, position: event.position, type, error: error.message, attempts: tried },
    ]
    const saved = await storage.load(id)
    await save({ position: saved?.position ?? START, state: saved?.state })
    return true
  }

  const live = async (): Promise<Outcome> => {
    try {
      await claim()
      for (;;) {
        try {
          await fold(AbortSignal.any([signal, restart.signal]))
        } catch (error) {
          if (!(error instanceof ApplyFailed) || !(await recover(error))) throw error
          continue
        }
        if (signal.aborted || !restart.signal.aborted) break
        restart = new AbortController()
        if (rebuilding?.unpark) parked = []
        rebuilding = undefined
        await save({ position: START, state: undefined })
      }
      if (unsaved > 0) await saveState()
      return { _tag: 'Ended' }
    } catch (error) {
      return error instanceof Lost ? error.outcome : { _tag: 'Failed', error }
    }
  }

  const outcome = live().then((ended) => {
    const cause = ended._tag === 'Failed' ? ended.error : undefined
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    stopped = new ProjectionStopped(
      `Projection ${name}@${version} has stopped (${ended._tag})${why}`,
      cause === undefined ? undefined : { cause },
    )
    serving = false
    for (const waiter of [...waiting]) waiter.settle(stopped)
    notify.emit()
    notify.end()
    return ended
  })

  const reached = (wanted: Position): Promise<void> =>
    new Promise((resolve, reject) => {
      if (stopped) return reject(stopped)
      if (position >= wanted && (caughtUp || wanted !== START)) return resolve()
      const waiter = {
        position: wanted,
        settle(error?: ProjectionStopped) {
          waiting.delete(waiter)
          if (error) reject(error)
          else resolve()
        },
      }
      waiting.add(waiter)
    })

  return {
    name,
    version,
    get state() {
      return state
    },
    get progress() {
      const lag = caughtUp || lastRecorded === undefined ? 0 : Math.max(0, clock.now() - lastRecorded)
      return { position, applied, caughtUp, lag, serving, parked }
    },
    reached,
    caughtUp: async () => reached(await store.head()),
    onChange: notify.listen,
    changes: notify.iterate,
    rebuild: async ({ unpark = false } = {}) => {
      const head = await store.head()
      if (stopped) throw stopped
      rebuilding = { unpark }
      position = START
      caughtUp = false
      restart.abort()
      await reached(head)
    },
    outcome,
  }
}
