/** Something to be measured: ours, a floor, a peer. */
export interface Contender {
  /** Before each round, not timed. */
  before?(): void | Promise<void>
  /** Timed. Returns how many operations it did. */
  run(): number | Promise<number>
  /** After each round, not timed, also when `run` threw. Checks of what `run` did belong here. */
  after?(): void | Promise<void>
}

/** Operations a second. */
export interface Rate {
  /** Of the best round: the one that the rest of the machine disturbed least. */
  readonly best: number
  readonly median: number
  /** Of each round, in order. */
  readonly rounds: readonly number[]
}

export interface RoundsOptions {
  /** Rounds that count. Default 5. */
  readonly rounds?: number
  /** Rounds before those, which compile and warm up and do not count. Default 1. */
  readonly warmups?: number
}

const measure = async (contender: Contender): Promise<number> => {
  await contender.before?.()
  try {
    const start = process.hrtime.bigint()
    const done = await contender.run()
    const ns = Number(process.hrtime.bigint() - start)
    if (!(done > 0)) throw new RangeError(`A contender did ${done} operations; there is nothing to measure.`)
    return (done * 1e9) / Math.max(ns, 1)
  } finally {
    await contender.after?.()
  }
}

const rateOf = (rounds: readonly number[]): Rate => {
  const sorted = [...rounds].sort((a, b) => a - b)
  return { best: sorted.at(-1)!, median: sorted[sorted.length >> 1]!, rounds }
}

/**
 * Measures contenders in turn, round by round, so that whatever else the machine does falls on all of them: their
 * ratio holds where the numbers themselves move. Each round begins with another one, so that none always runs
 * behind the same.
 */
export const interleave = async <N extends string>(
  contenders: { readonly [K in N]: Contender },
  { rounds = 5, warmups = 1 }: RoundsOptions = {},
): Promise<{ readonly [K in N]: Rate }> => {
  const names = Object.keys(contenders) as N[]
  const rates = new Map<N, number[]>(names.map((name) => [name, []]))
  for (let round = -warmups; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + warmups) % names.length]!
      const rate = await measure(contenders[name])
      if (round >= 0) rates.get(name)!.push(rate)
    }
  return Object.fromEntries(names.map((name) => [name, rateOf(rates.get(name)!)])) as {
    [K in N]: Rate
  }
}
