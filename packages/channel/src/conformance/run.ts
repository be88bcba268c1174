import { systemClock } from '@ramal/core'
import type { Check, Settings, Subject } from './check.js'
import { decoding } from './decoding.js'
import { fuzzing } from './fuzzing.js'
import { sending } from './sending.js'
import { verifying } from './verifying.js'

/** The promises of the port, in the order in which they are checked. */
export const checks: readonly Check[] = [...verifying, ...decoding, ...fuzzing, ...sending]

/** What a check needs and the subject does not give; undefined when it can run. */
export const missingFor = (check: Check, subject: Subject): string | undefined => {
  if (check.needs === 'sending' && !subject.sending) return 'sending'
  if (check.needs === 'signed' && subject.unsigned) return 'signed'
  return undefined
}

export interface ConformanceOptions {
  /** Of everything that is drawn by lot; the report names it. Default: drawn. */
  readonly seed?: number
  /** How many bodies each fuzz check draws. Default 300. */
  readonly rounds?: number
}

export interface ConformanceReport {
  readonly passed: number
  readonly failed: readonly { readonly name: string; readonly error: Error }[]
  /** Checks that the subject is not made for. */
  readonly skipped: readonly string[]
  readonly seed: number
}

/** Runs one check, for test frameworks that want a test each. Rejects with what was found. */
export const runCheck = async (
  check: Check,
  subject: Subject,
  options: ConformanceOptions = {},
): Promise<void> => {
  await check.run(subject, settingsOf(options))
}

const settingsOf = ({ seed, rounds = 300 }: ConformanceOptions): Settings => ({
  seed: seed ?? Math.floor(systemClock.now() % 2 ** 31),
  rounds,
})

/** Runs the contract of `ChannelAdapter` against an adapter. Resolves also when checks failed: look at `failed`. */
export const runConformance = async (
  subject: Subject,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> => {
  const settings = settingsOf(options)
  const failed: { name: string; error: Error }[] = []
  const skipped: string[] = []
  let passed = 0
  for (const check of checks) {
    if (missingFor(check, subject) !== undefined) {
      skipped.push(check.name)
      continue
    }
    try {
      await check.run(subject, settings)
      passed++
    } catch (error) {
      failed.push({ name: check.name, error: error instanceof Error ? error : new Error(String(error)) })
    }
  }
  return { passed, failed, skipped, seed: settings.seed }
}
