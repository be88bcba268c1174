import { systemClock } from '../clock.js'
import type { EventStore } from '../store.js'
import type { Check, Open, Settings } from './check.js'
import { checks } from './checks.js'
import { BrokenContract } from './expect.js'

export interface ConformanceOptions {
  /**
   * A new handle on an empty log of the store under test, for each check. A server that cannot be emptied may
   * give the same log each time: the checks use names of their own and begin at its end.
   */
  readonly open: Open
  /**
   * Opens the log of the last `open` again, after that handle was closed. With it the suite checks that what was
   * acknowledged is kept; leave it out for a store that keeps nothing.
   */
  readonly reopen?: Open
  /**
   * Opens the log of the last `open` while that handle is open, as another process would. With it the suite
   * checks many writers; leave it out for a store with one owner.
   */
  readonly beside?: Open
  /**
   * Breaks every connection that the handle of the last `open` has, as a network does; the server lives on. With it
   * the suite checks that the store heals by itself; leave it out for a store without connections.
   */
  readonly disturb?: () => Promise<void>
  /** Told of each check as it ends. */
  readonly report?: (result: CheckResult) => void
  /** Fewer and smaller rounds: seconds instead of a minute. */
  readonly quick?: boolean
  /** Of everything that is drawn by lot; the report names it. Default: drawn. */
  readonly seed?: number
  /** How long to wait for what must come, in ms. Default 5,000. */
  readonly patience?: number
  /** The most that a check may take, in ms. Default: what each check says, 30,000 or 60,000. */
  readonly timeout?: number
  /** Which checks to run. Default all. */
  readonly only?: (check: Check) => boolean
}

export interface CheckResult {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly ms: number
  /** Why it failed or was skipped. */
  readonly error?: Error
}

export interface ConformanceReport {
  readonly passed: number
  readonly failed: readonly { readonly name: string; readonly error: Error }[]
  /** Checks that need an option which was not given. */
  readonly skipped: readonly string[]
  readonly seed: number
  readonly ms: number
}

const DEFAULT_TIMEOUT = 30_000

/** What closes a handle in the end; a store that does not close is no reason to wait for ever. */
const CLOSE_PATIENCE = 2_000

const settingsOf = (options: ConformanceOptions): Settings => ({
  quick: options.quick ?? false,
  seed: options.seed ?? Math.floor(systemClock.now() % 2 ** 31),
  patience: options.patience ?? 5_000,
  ...(options.reopen ? { reopen: options.reopen } : {}),
  ...(options.beside ? { beside: options.beside } : {}),
  ...(options.disturb ? { disturb: options.disturb } : {}),
})

const within = async <T>(ms: number, work: Promise<T>, late: () => T | Promise<T>): Promise<T> => {
  const done = new AbortController()
  try {
    return await Promise.race([work, systemClock.sleep(ms, done.signal).then(late)])
  } finally {
    done.abort()
  }
}

const runBounded = async (check: Check, options: ConformanceOptions, settings: Settings): Promise<void> => {
  const opened: EventStore[] = []
  const kept = (open: Open) => async () => {
    const store = await open()
    opened.push(store)
    return store
  }
  const timeout = Math.min(check.timeout ?? DEFAULT_TIMEOUT, options.timeout ?? Number.POSITIVE_INFINITY)
  try {
    await within(
      timeout,
      check.run(kept(options.open), {
        ...settings,
        ...(settings.reopen ? { reopen: kept(settings.reopen) } : {}),
        ...(settings.beside ? { beside: kept(settings.beside) } : {}),
      }),
      () => {
        throw new BrokenContract(`It did not end within ${timeout} ms.`)
      },
    )
  } finally {
    const closings = opened.map((store) => store.close().catch(() => undefined))
    await within<unknown>(CLOSE_PATIENCE, Promise.all(closings), () => undefined)
  }
}

/** Runs one check, for test frameworks that want a test each. Rejects with what was found. */
export const runCheck = (check: Check, options: ConformanceOptions): Promise<void> =>
  runBounded(check, options, settingsOf(options))

/**
 * Runs the contract of `EventStore` against a store, one check after the other, each bounded in time. Resolves
 * also when checks failed: look at `failed`. Some checks need fast-check, an optional peer of this package.
 */
export const runConformance = async (options: ConformanceOptions): Promise<ConformanceReport> => {
  const settings = settingsOf(options)
  const failed: { name: string; error: Error }[] = []
  const skipped: string[] = []
  let passed = 0
  const began = systemClock.now()
  for (const check of checks.filter(options.only ?? (() => true))) {
    const start = systemClock.now()
    const tell = (outcome: CheckResult['outcome'], error?: Error) =>
      options.report?.({
        name: check.name,
        outcome,
        ms: systemClock.now() - start,
        ...(error ? { error } : {}),
      })
    if (check.needs && !settings[check.needs]) {
      skipped.push(check.name)
      tell('skipped', new Error(`It needs the option \`${check.needs}\`.`))
      continue
    }
    try {
      await runBounded(check, options, settings)
      passed += 1
      tell('passed')
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause))
      failed.push({ name: check.name, error })
      tell('failed', error)
    }
  }
  return { passed, failed, skipped, seed: settings.seed, ms: systemClock.now() - began }
}
