import { memoryStore } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { POLICY, readLog } from '../test/desk.js'
import { memoryMediaStore, OptionsError, startIngest, startRamal } from './index.js'

const test = suite('options by which nothing would go on')

test('without a store, or with channels that are none, both engines say what to give', async () => {
  for (const start of [startIngest, startRamal] as readonly ((options: never) => Promise<unknown>)[]) {
    const refusal = (options: object) =>
      start({ policy: POLICY, ...options } as never).then(
        () => 'started',
        (error) => (error instanceof OptionsError ? error.message : 'another error'),
      )
    assert.match(await refusal({}), /no event store: give one as "store"/)
    assert.match(await refusal({ store: memoryStore(), channels: 'sms' }), /"channels" is no list/)
    assert.match(await refusal({ store: memoryStore(), channels: [{}] }), /"channels" is no list/)
    const { delete: _, ...old } = memoryMediaStore()
    assert.match(
      await refusal({ store: memoryStore(), media: { store: old } }),
      /"media.store" has no delete: files are put, got and deleted/,
    )
  }
})

test('rules and numbers by which nothing would go on are refused by name, and nothing is written', async () => {
  const store = memoryStore()
  for (const [options, fault] of [
    [{ patience: Number.NaN }, 'patience: expected an integer from 0, found NaN'],
    [{ patience: -1 }, 'patience: expected an integer from 0, found -1'],
    [{ outbox: { concurrency: 0 } }, 'outbox.concurrency: expected an integer from 1, found 0'],
    [{ outbox: { attempts: 1.5 } }, 'outbox.attempts: expected an integer from 1, found 1.5'],
    [{ outbox: { doubtAfter: 0 } }, 'outbox.doubtAfter: expected an integer from 1, found 0'],
    [{ media: { concurrency: '4' } }, 'media.concurrency: expected an integer from 1, found "4"'],
    [{ calls: { customerRingFor: -1 } }, 'calls.customerRingFor: expected an integer from 1, found -1'],
    [{ calls: { ringFor: 0 } }, 'calls.ringFor: expected an integer from 1, found 0'],
    [{ calls: { ring: 'later' } }, 'calls.ring: expected "offered" | "accepted", found "later"'],
    [{ name: '' }, 'name: expected a text that is not empty, found ""'],
  ] as const)
    try {
      await startRamal({ store, policy: POLICY, ...options } as never)
      assert.unreachable(fault)
    } catch (error) {
      assert.instance(error, OptionsError)
      assert.is((error as Error).message, `The options are refused:\n  ${fault}`)
    }
  try {
    await startRamal({ store, policy: POLICY, sending: { windows: 'none' } })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, OptionsError)
  }
  assert.equal(await readLog(store), [])
})

test.run()
