import { KurrentDBClient } from '@kurrent/kurrentdb-client'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { readPromises } from '../test/read-promises.js'
import { writePromises } from '../test/write-promises.js'
import { type Quirk, quirks } from './quirk.js'
import { startTestServer } from './server.js'

const withClient = async (
  broken: readonly Quirk[],
  body: (client: KurrentDBClient) => Promise<void>,
): Promise<void> => {
  const server = await startTestServer({ quirks: broken })
  const client = KurrentDBClient.connectionString(server.connectionString())
  try {
    await body(client)
  } finally {
    await client.dispose()
    await server.stop()
  }
}

const promises = [...writePromises, ...readPromises]
const test = suite('what KurrentDB promises, seen by the official client')

for (const { name, broken, run } of promises) {
  test(name, () => withClient([], run))
  if (broken)
    test(`the mutant "${broken}" is caught`, () =>
      withClient([broken], async (client) => {
        let caught = false
        try {
          await run(client)
        } catch {
          caught = true
        }
        assert.ok(caught, `"${name}" holds on a server that ${broken}.`)
      }))
}

test('every mutant is caught by some promise', () => {
  assert.equal([...quirks].sort(), promises.flatMap(({ broken }) => broken ?? []).sort())
})

test.run()
