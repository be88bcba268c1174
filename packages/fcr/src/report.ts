import type { Instant } from '@ramal/core'
import { definitionHash, type FcrDefinition } from './definition.js'
import type { Dimension } from './dimension.js'
import { type Figures, figuresOf } from './figures.js'
import type { LiveFcr } from './live.js'

export interface ReportCell {
  /** One value for each dimension; empty where it is not known. */
  readonly values: readonly string[]
  readonly figures: Figures
}

/** Figures that say what they are: no number leaves without its definition, its moment and its censoring. */
export interface FcrReport {
  readonly definition: FcrDefinition
  readonly hash: string
  /** Nothing that happened later is in it. */
  readonly asOf: Instant
  /** Nothing that was recorded later is in it. Infinity: everything that is recorded. */
  readonly known: Instant
  /** Units whose cohort moment lies from `from` on and before `to`; nothing: without such a bound. */
  readonly period: { readonly from: Instant | undefined; readonly to: Instant | undefined }
  /**
   * What ended before is final: its window is over, and so is the time that late facts are waited for. Nothing for
   * windows in business hours.
   */
  readonly finalUpTo: Instant | undefined
  readonly total: Figures
  readonly by: readonly Dimension[]
  /** In the order of their values. */
  readonly cells: readonly ReportCell[]
}

export const orderCells = <C extends { readonly values: readonly string[] }>(
  cells: readonly C[],
): readonly C[] =>
  [...cells].sort((a, b) => {
    const i = a.values.findIndex((value, at) => value !== b.values[at])
    return i < 0 ? 0 : a.values[i]! < b.values[i]! ? -1 : 1
  })

export const finalUpTo = (d: FcrDefinition, asOf: Instant): Instant | undefined => {
  if (d.clock === 'business') return undefined
  const windowed = d.evidence === 'behaviour' || d.evidence === 'both'
  return asOf - (windowed ? d.window : 0) - d.allowedLateness
}

/** The report of live figures, from their counters: no walk over the units, so without a nowcast. */
export const liveReport = (live: LiveFcr, ...by: readonly Dimension[]): FcrReport => ({
  definition: live.definition,
  hash: definitionHash(live.definition),
  asOf: live.asOf,
  known: Number.POSITIVE_INFINITY,
  period: { from: undefined, to: undefined },
  finalUpTo: finalUpTo(live.definition, live.asOf),
  total: figuresOf(live.total),
  by,
  cells:
    by.length === 0
      ? []
      : orderCells(
          live
            .by(...by)
            .filter(({ counts: c }) => c.success + c.failed + c.pending + c.open + c.excluded > 0)
            .map(({ values, counts }) => ({ values, figures: figuresOf(counts) })),
        ),
})
