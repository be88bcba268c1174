import { suite } from '@ramal/testing'
import { runContract } from '../test/support.js'

const url = process.env.RAMAL_KURRENTDB_URL
const title = 'the contract of a store, on a real server'

if (url) {
  runContract(title, { canDisturb: false }, async () => ({ connectionString: url, stop: async () => {} }))
} else {
  const test = suite(title)
  test.skip('every promise of the contract: set RAMAL_KURRENTDB_URL to a KurrentDB 26.1 or newer', () => {})
  test.run()
}
