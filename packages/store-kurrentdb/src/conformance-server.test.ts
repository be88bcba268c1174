import { suite } from '@ramal/testing'
import { runContract } from '../test/support.js'

const url = process.env.RAMAL_KURRENTDB_URL

if (url) {
  runContract(
    'the contract of a store, on a real server',
    async () => url,
    async () => {},
  )
} else {
  const test = suite('the contract of a store, on a real server')
  test.skip('every promise of the contract: set RAMAL_KURRENTDB_URL to a KurrentDB 26.1 or newer', () => {})
  test.run()
}
