import type { EventId, Json, Position } from '@ramal/core'
import type { Either } from 'fp-ts/lib/Either.js'

/** One version of one projection; each has a record of its own. */
export interface ProjectionId {
  readonly name: string
  readonly version: number
}

/** An event that could not be applied and was set aside: the state is the fold of the log without it. */
export interface Parked {
  readonly id: EventId
  readonly position: Position
  readonly type: string
  readonly error: string
  readonly attempts: number
}

/** State and checkpoint, which are only ever saved together. */
export interface Saved {
  /** The state is the fold of everything up to here. */
  readonly position: Position
  readonly state: Json | undefined
  /** Effects of events up to here have run, or are never to run. */
  readonly effectsDone: Position
  readonly parked: readonly Parked[]
}

/**
 * - `Fenced`: another runner has claimed this version since
 * - `Moved`: the record is not at the position that it was expected at
 * - `Superseded`: a newer version answers now
 */
export type SaveConflict =
  | { readonly _tag: 'Fenced'; readonly holder: number }
  | { readonly _tag: 'Moved'; readonly actual: Position | undefined }
  | { readonly _tag: 'Superseded'; readonly by: number }

export interface Claim {
  /** Higher than that of every claim before. */
  readonly token: number
  readonly saved: Saved | undefined
}

/** Where projections keep their states. Rejects only for infrastructure. */
export interface ProjectionStorage {
  /** Takes the projection over: from now on only saves with this token, or a later one, succeed. */
  claim(id: ProjectionId): Promise<Claim>
  load(id: ProjectionId): Promise<Saved | undefined>
  /** Compare and set, by the fencing token and by the position saved before (nothing: never saved). */
  save(
    id: ProjectionId,
    token: number,
    from: Position | undefined,
    next: Saved,
  ): Promise<Either<SaveConflict, void>>
  /** The version that answers for a name. */
  serving(name: string): Promise<number | undefined>
  /** Compare and set of the version that answers. Whether it was so. */
  serve(name: string, from: number | undefined, to: number): Promise<boolean>
  /** Forgets a version's state, as one does with the old one after a takeover. */
  remove(id: ProjectionId): Promise<void>
}

/** What a storage holds about one version. */
export interface StoredProjection {
  readonly token: number
  readonly saved: Saved | undefined
}

/** Why a save must not happen, for storages to share. */
export const conflictOf = (
  { version }: ProjectionId,
  held: StoredProjection | undefined,
  serving: number | undefined,
  token: number,
  from: Position | undefined,
): SaveConflict | undefined => {
  if (held === undefined || held.token !== token) return { _tag: 'Fenced', holder: held?.token ?? 0 }
  if (serving !== undefined && serving > version) return { _tag: 'Superseded', by: serving }
  return held.saved?.position === from ? undefined : { _tag: 'Moved', actual: held.saved?.position }
}
