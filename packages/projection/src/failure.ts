import type { Recorded } from '@ramal/core'

/**
 * What happens when an event cannot be applied, or its effects fail. A failed `apply` may have left half of its
 * work in the state, so every policy begins at the last saved state again; effects that ran do not run again.
 * - `retry`: so often, after a pause that doubles each time
 * - `otherwise: 'stop'`: the projection ends with the error. The default, because a gap makes wrong numbers.
 * - `otherwise: 'park'`: the event is set aside, with the error, and the fold goes on without it
 */
export interface FailurePolicy {
  readonly retry?: { readonly attempts: number; readonly pause: number }
  readonly otherwise?: 'stop' | 'park'
}

/** One event could not be applied, or its effects could not be carried out. */
export class ApplyFailed extends Error {
  override readonly name = 'ApplyFailed'
  readonly event: Recorded
  constructor(projection: string, event: Recorded, doing: 'apply' | 'run effects of', cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(
      `Projection ${projection} could not ${doing} ${event.type} (${event.stream} version ${event.version}, position ${event.position}): ${why}`,
      { cause },
    )
    this.event = event
  }
}

/** The projection runs no more: what was waited for will not come. */
export class ProjectionStopped extends Error {
  override readonly name = 'ProjectionStopped'
}
