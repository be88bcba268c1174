import { memoryProjectionStorage } from './memory-storage.js'
import type { Projection } from './projection.js'
import { runProjection } from './run.js'
import type { RunDeps, RunningProjection, RunOptions } from './running.js'

export interface RunningVersions<S> {
  /** The version that answers: the old one until the new one has caught up, then the new one. */
  readonly current: RunningProjection<S>
  readonly next: RunningProjection<S>
  /** The new version answers, and the old one has stopped. @throws ProjectionStopped when the new one failed */
  readonly takenOver: Promise<void>
}

/**
 * Runs a new version beside the old one in one process. The old one answers, and has effects, until the new one
 * has caught up; then it ends. Where the two run in different processes nothing more is needed than a storage
 * that both share: the old one finds at its next save, or before its next effect, that it is superseded.
 */
export const runVersions = <S>(
  deps: RunDeps,
  old: Projection<S>,
  next: Projection<S>,
  options: RunOptions<S> = {},
): RunningVersions<S> => {
  if (old.name !== next.name || old.version >= next.version)
    throw new RangeError(
      `${next.name}@${next.version} cannot take over from ${old.name}@${old.version}: it needs the same name and a higher version.`,
    )
  const storage = deps.storage ?? memoryProjectionStorage()
  const ending = new AbortController()
  const before = runProjection(
    { ...deps, storage, signal: AbortSignal.any([deps.signal, ending.signal]) },
    old,
    options,
  )
  const after = runProjection({ ...deps, storage }, next, options)
  let current = before
  const watch = async () => {
    await after.caughtUp()
    if (!after.progress.serving) for await (const _ of after.changes()) if (after.progress.serving) break
    current = after
    ending.abort()
    await before.outcome
  }
  const takenOver = watch()
  takenOver.catch(() => undefined)
  return {
    get current() {
      return current
    },
    next: after,
    takenOver,
  }
}
