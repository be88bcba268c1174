import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freshId } from '@ramal/core'
import { type CheckResult, type ConformanceOptions, runConformance } from '@ramal/core/conformance'
import { openStore, parseStoreUrl } from './open-store.js'

export interface VerifyStoreOptions {
  readonly url: string
  readonly quick: boolean
  readonly seed?: number
  /** Write the events of the checks into this very log: it cannot be emptied, and has no schemas. */
  readonly intoThisLog: boolean
  readonly print: (line: string) => void
}

interface Bench extends Pick<ConformanceOptions, 'open' | 'reopen' | 'beside'> {
  /** What is left behind, if anything. */
  readonly left?: string
  clean(): void
}

/** Where the checks may write without touching anybody's log. */
const benchFor = ({ url, intoThisLog }: VerifyStoreOptions): Bench => {
  const { kind, where } = parseStoreUrl(url)
  if (kind === 'memory') return { open: () => openStore(url), clean: () => {} }
  if (kind === 'sqlite') {
    // Files of their own on the same disk, never the one that is named.
    const folder = mkdtempSync(join(where === '' ? tmpdir() : dirname(where), '.ramal-verify-'))
    let file = ''
    return {
      open: () => {
        file = join(folder, `${freshId()}.db`)
        return openStore(file)
      },
      reopen: () => openStore(file),
      clean: () => rmSync(folder, { recursive: true, force: true }),
    }
  }
  if (kind === 'postgres') {
    const schema = `ramal_verify_${freshId().slice(0, 8)}`
    const open = () => openStore(url, { schema })
    return { open, reopen: open, beside: open, left: `drop schema ${schema} cascade;`, clean: () => {} }
  }
  if (!intoThisLog)
    throw new RangeError(
      'A KurrentDB log cannot be emptied: the checks would leave their streams in it. Name a server for tests, and say --into-this-log.',
    )
  const open = () => openStore(url)
  return { open, reopen: open, beside: open, clean: () => {} }
}

const MARK = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const

const lineOf = ({ name, outcome, ms, error }: CheckResult): string =>
  `${MARK[outcome]} ${name} (${(ms / 1000).toFixed(1)} s)${error ? `\n     ${error.message.replaceAll('\n', '\n     ')}` : ''}`

/** Runs the contract of stores against a URL. Says whether it is kept. */
export const verifyStore = async (options: VerifyStoreOptions): Promise<boolean> => {
  const { print, quick, seed } = options
  const bench = benchFor(options)
  const { open, reopen, beside } = bench
  try {
    const report = await runConformance({
      open,
      ...(reopen ? { reopen } : {}),
      ...(beside ? { beside } : {}),
      quick,
      ...(seed === undefined ? {} : { seed }),
      report: (result) => print(lineOf(result)),
    })
    print(
      `\n${report.passed} passed, ${report.failed.length} failed, ${report.skipped.length} skipped; seed ${report.seed}, ${(report.ms / 1000).toFixed(1)} s`,
    )
    if (bench.left) print(`The checks wrote into a schema of their own; to remove it: ${bench.left}`)
    return report.failed.length === 0 && report.passed > 0
  } finally {
    bench.clean()
  }
}
