// The package as it is built: a thread starts from a file that Node can run without help.
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { testContract } from '../test/contract.js'
import { drivers, event, failure, freshFile, gather, write } from '../test/support.js'

const test = suite('sqlite in a thread')

// Whatever may be lost on the way between threads: contents, answers, errors, ends. The rest is the same code.
const CROSSING =
  /comes back|came back|refused, and|conflict changes|retry over|filter gives|sixteen racers on|close|never skips|in the middle|sequence of calls|two writers/

testContract(test, sqliteStore, true, CROSSING)

for (const driver of drivers) {
  test(`${driver}: the time comes from the clock of the store, and errors keep their code`, async () => {
    const file = freshFile()
    const clock = { now: () => 1_700_000_000_123, sleep: async () => {} }
    const store = await sqliteStore(file, { driver, worker: true, clock })
    await store.append(write('a-1', 'empty', event({ at: new Date(0), nothing: undefined })))
    const [recorded] = await gather(store.read('a-1'))
    assert.is(recorded?.recordedAt, 1_700_000_000_123)
    assert.equal(recorded?.data, { at: '1970-01-01T00:00:00.000Z' })
    const error = await failure(() => store.append(write('a-1', 'any', event(10n))))
    assert.is(error.code, 'invalid')
    assert.match(error.message, /Event Noted for a-1 does not encode/)
    const locked = await failure(() => sqliteStore(file, { driver, worker: true }))
    assert.is(locked.code, 'locked')
    assert.match(locked.message, /this process already has it open/)
    const target = freshFile('backup')
    await store.backup(target)
    assert.ok((await store.integrity()).ok)
    const { before, after } = await store.compact()
    assert.ok(after < before)
    await store.close()
    const copy = await sqliteStore(target, { driver, worker: true, readOnly: true })
    assert.is((await gather(copy.read('a-1'))).length, 1)
    assert.is((await failure(() => copy.append(write('a-1', 'any', event())))).code, 'refused')
    await copy.close()
  })

  test(`${driver}: sixteen at once share commits, and one conflict disturbs nobody`, async () => {
    const store = await sqliteStore(freshFile(), { driver, worker: true })
    const results = await Promise.all(
      Array.from({ length: 16 }, (_, i) => store.append(write(`a-${i % 15}`, 'empty', event()))),
    )
    assert.is(results.filter(E.isRight).length, 15)
    await store.close()
  })
}

test.run()
