/** Bounds, both inclusive. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** What a figure should be, as itself or as a multiple of what it stands beside. */
export interface Goal {
  readonly value?: Bounds
  readonly ratio?: Bounds
}

/** One measured number. */
export interface Figure {
  /** What was measured, such as `append, 1 writer`; unique in its bench. */
  readonly figure: string
  readonly value: number
  /** Such as `events/s`, `µs`, `MB`. */
  readonly unit: string
  /** The floor or the peer that was measured in the same rounds, in the same unit. */
  readonly beside?: { readonly name: string; readonly value: number }
  readonly goal?: Goal
}

export interface BenchContext {
  /** End within 45 seconds: smaller data, fewer rounds, the same code. The run is stopped after that. */
  readonly quick: boolean
  /** Progress for a person. Never a result. */
  log(text: string): void
  /** Reports a number, as soon as it is known. */
  figure(figure: Figure): void
}

/**
 * One benchmark. It runs in a process of its own, so that neither the heap nor the compiled code of another
 * reaches it. It checks that what it measured is right, and throws when it is not: a wrong answer has no speed.
 */
export interface Bench {
  readonly name: string
  /** What is measured, on which data, and what is left out, in a sentence or two. */
  readonly description: string
  run(context: BenchContext): Promise<void>
}

/** A figure as `--json` prints it. */
export interface FigureLine {
  readonly bench: string
  readonly figure: string
  readonly value: number
  readonly unit: string
  readonly beside: Figure['beside'] | null
  /** The value divided by that beside it. */
  readonly ratio: number | null
  readonly goal: Goal | null
  /** Whether the goal was met; nothing without a goal. */
  readonly ok: boolean | null
}

const within = (value: number, { min, max }: Bounds): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max)

/** @throws TypeError for a number that is none, or a goal for a ratio without anything beside */
export const judge = (bench: string, { figure, value, unit, beside, goal }: Figure): FigureLine => {
  if (!Number.isFinite(value)) throw new TypeError(`${bench}: "${figure}" is ${value}, not a number.`)
  if (beside && !(Number.isFinite(beside.value) && beside.value !== 0))
    throw new TypeError(`${bench}: "${figure}" stands beside ${beside.name}, which is ${beside.value}.`)
  if (goal?.ratio && !beside) throw new TypeError(`${bench}: "${figure}" has a goal for a ratio to nothing.`)
  const ratio = beside ? value / beside.value : null
  const ok = goal
    ? (!goal.value || within(value, goal.value)) && (!goal.ratio || within(ratio ?? Number.NaN, goal.ratio))
    : null
  return { bench, figure, value, unit, beside: beside ?? null, ratio, goal: goal ?? null, ok }
}
