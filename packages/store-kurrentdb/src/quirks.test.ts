import { checks, runCheck } from '@ramal/core/conformance'
import { type Quirk, startTestServer } from '@ramal/kurrentdb-test-server'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { kurrentdbStore } from './index.js'

const test = suite('broken servers')

/** Runs one promise of the contract on a server that is broken in one way. Gives what it found. */
const found = async (quirk: Quirk, name: string): Promise<string | undefined> => {
  const check = checks.find((c) => c.name === name)
  assert.ok(check, `The contract has no check "${name}".`)
  const server = await startTestServer({ quirks: [quirk] })
  const open = () => kurrentdbStore({ connectionString: server.connectionString(), silence: 200 })
  try {
    await runCheck(check, { open, beside: open, quick: true, patience: 2_000 })
    return undefined
  } catch (error) {
    return String(error)
  } finally {
    await server.stop()
  }
}

const caught: readonly (readonly [Quirk, string])[] = [
  ['accepts-versions-ahead', 'expected at: a version ahead of the stream is refused'],
  ['answers-wrong-revision', 'an append answers with its position and the version of each stream'],
  ['tears-multi-stream-appends', 'many streams, all or nothing: one that is not as expected stops all'],
  ['ignores-checks', 'a guard that does not hold stops the append'],
]

const healed: readonly (readonly [Quirk, string])[] = [
  ['writes-retries-twice', 'a retry with the same ids, expected any: a success that says repeated'],
  ['writes-retries-twice', 'a retry with the same ids, expected at: a success that says repeated'],
  ['sends-no-caught-up', 'a subscription gives what is there, says caughtUp, and then gives what comes'],
  ['sends-no-checkpoints', 'a filtered subscription moves on when only others come'],
  ['subscribes-inclusively', 'a subscription begins after its position, not at it'],
  ['reads-backwards-inclusively', 'head is the place where the log ends'],
]

for (const [quirk, name] of caught)
  test(`a server that ${quirk}: the contract notices by "${name}"`, async () => {
    const fault = await found(quirk, name)
    assert.ok(fault !== undefined, 'The check passed.')
  })

for (const [quirk, name] of healed)
  test(`a server that ${quirk}: the store keeps "${name}" all the same`, async () => {
    assert.is(await found(quirk, name), undefined)
  })

test.run()
