import { checks, runCheck } from '@ramal/core/conformance'
import type { Suite } from '@ramal/testing'
import type { sqliteStore } from '../src/index.js'
import { drivers, freshFile } from './support.js'

/** The contract of a log, a test a promise, on every driver; in a thread, whose start takes long, by name. */
export const testContract = (
  test: Suite,
  open: typeof sqliteStore,
  worker: boolean,
  names: RegExp = /./,
): void => {
  for (const driver of drivers) {
    let file = ''
    // Small pages and a small cache, so that every check crosses their borders.
    const reopen = () => open(file, { driver, worker, pageSize: 7, headCacheSize: 6 })
    const options = {
      open: () => {
        file = freshFile()
        return reopen()
      },
      reopen,
      quick: true,
    }
    for (const check of checks) {
      // One process owns the file, on this machine: there is no second writer and no connection to lose.
      if (check.needs && check.needs !== 'reopen') continue
      if (!names.test(check.name)) continue
      test(`${driver}: ${check.name}`, () => runCheck(check, options), { timeout: 30_000 })
    }
  }
}
