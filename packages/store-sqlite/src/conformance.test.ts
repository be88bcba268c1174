import { checks, runCheck } from '@ramal/core/conformance'
import { suite } from '@ramal/testing'
import { drivers, freshFile } from '../test/support.js'
import { sqliteStore } from './index.js'

const test = suite('conformance')

for (const driver of drivers) {
  let file = ''
  // Small pages and a small cache, so that every check crosses their borders.
  const open = () => sqliteStore(file, { driver, pageSize: 7, headCacheSize: 6 })
  const options = {
    open: () => {
      file = freshFile()
      return open()
    },
    reopen: open,
    quick: true,
  }
  for (const check of checks) {
    // One process owns the file: there is no second writer to test.
    if (check.needs === 'beside') continue
    test(`${driver}: ${check.name}`, () => runCheck(check, options), { timeout: 30_000 })
  }
}

test.run()
