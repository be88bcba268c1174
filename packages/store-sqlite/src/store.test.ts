import { START } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { drivers, event, failure, freshFile, gather, tamper, write } from '../test/support.js'
import { sqliteStore } from './index.js'

const test = suite('sqlite store')

for (const driver of drivers) {
  test(`${driver}: appends of one turn share a transaction, and a conflict disturbs none of the others`, async () => {
    const store = await sqliteStore(freshFile(), { driver })
    await store.append(write('a-0', 'empty', event()))
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => store.append(write(`a-${i}`, 'empty', event({ i })))),
    )
    assert.equal(
      results.map((r) => E.isRight(r)),
      results.map((_, i) => i > 0),
    )
    const bad = event()
    const mixed = await Promise.allSettled([
      store.append(write('a-1', { at: 0 }, event())),
      store.append(write('a-2', { at: 0 }, event(), { ...bad, data: 10n })),
      store.append(write('a-2', { at: 0 }, event())),
    ])
    assert.equal(
      mixed.map((r) => r.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.is((await gather(store.read('a-2'))).length, 2)
    assert.ok((await store.integrity()).ok)
    await store.close()
  })

  test(`${driver}: large events and pages of them come back whole, without one page holding all`, async () => {
    const store = await sqliteStore(freshFile(), { driver })
    const large = 'ü'.repeat(450_000)
    for (let i = 0; i < 24; i++)
      await store.append(write('a-1', 'any', event({ i, text: i % 2 === 0 ? large : 'small' })))
    const pages: number[] = []
    let n = 0
    for await (const page of store.readAll({ after: START })) {
      pages.push(page.events.length)
      for (const { data } of page.events) assert.equal(data, { i: n, text: n++ % 2 === 0 ? large : 'small' })
    }
    assert.is(n, 24)
    assert.ok(pages.length > 1, `${pages}`)
    assert.is((await gather(store.read('a-1', { from: 3 }))).length, 21)
    assert.is((await gather(store.readAll({ after: START, types: ['Noted'] }))).length, 24)
    await store.close()
  })

  test(`${driver}: a filter is done in the store: what is not wanted is never parsed`, async () => {
    const file = freshFile()
    const store = await sqliteStore(file, { driver })
    for (let i = 0; i < 30; i++)
      await store.append(write(i % 2 === 0 ? 'a-1' : 'b-1', 'any', event({ i }, { type: i % 3 ? 'X' : 'Y' })))
    await store.close()
    await tamper(file, driver, (db) =>
      db.exec("UPDATE event SET body = 'broken' WHERE json_extract(body, '$.type') = 'X'"),
    )
    const again = await sqliteStore(file, { driver, pageSize: 4 })
    assert.is((await gather(again.readAll({ after: START, types: ['Y'] }))).length, 10)
    assert.is((await gather(again.readAll({ after: START, types: ['Y'], categories: ['a'] }))).length, 5)
    assert.is((await gather(again.readAll({ after: START, categories: ['c'] }))).length, 0)
    await again.close()
  })

  test(`${driver}: a damaged event is named by its position; what stands before it is read`, async () => {
    const file = freshFile()
    const store = await sqliteStore(file, { driver, pageSize: 10 })
    await store.append(write('a-1', 'empty', ...Array.from({ length: 30 }, (_, i) => event({ i }))))
    await store.close()
    await tamper(file, driver, (db) =>
      db.exec('UPDATE event SET body = substr(body, 1, 20) WHERE position = 17'),
    )
    const again = await sqliteStore(file, { driver, pageSize: 10 })
    const read: number[] = []
    const error = await failure(async () => {
      for await (const { events } of again.readAll({ after: START })) read.push(events.length)
    })
    assert.is(error.code, 'corrupt')
    assert.match(error.message, /position 17 /)
    assert.ok(error.message.includes(again.file))
    assert.equal(read, [10])
    const { ok, faults } = await again.integrity()
    assert.is(ok, false)
    assert.match(faults.join(), /Position 17: its body is no JSON/)
    await again.close()
  })

  test(`${driver}: integrity finds gaps, swapped bodies and wrong columns; a whole log has none`, async () => {
    const make = async () => {
      const file = freshFile()
      const store = await sqliteStore(file, { driver })
      for (let i = 0; i < 20; i++)
        await store.append(write(`a-${i % 4}`, 'any', event({ i }, { type: i % 2 ? 'X' : 'Y' })))
      await store.close()
      return file
    }
    const faults = async (sql: string) => {
      const file = await make()
      await tamper(file, driver, (db) => db.exec(sql))
      const store = await sqliteStore(file, { driver })
      const found = await store.integrity()
      await store.close()
      assert.is(found.ok, found.faults.length === 0)
      return found.faults.join('\n')
    }
    assert.is(await faults('SELECT 1'), '')
    assert.match(await faults('DELETE FROM event WHERE position = 7'), /Positions have gaps[\s\S]*Versions/)
    assert.match(
      await faults('UPDATE event SET version = 9 WHERE position = 20'),
      /Versions[\s\S]*says version 4/,
    )
    assert.match(
      await faults('UPDATE event SET body = (SELECT body FROM event WHERE position = 3) WHERE position = 4'),
      /Position 4: its body says position/,
    )
    assert.match(
      await faults('UPDATE event SET kind = 3 - kind WHERE position = 5'),
      /Position 5: .* says type/,
    )
    assert.match(await faults("UPDATE event SET id = 'x' WHERE position = 6"), /Position 6: .* says id/)
    assert.match(await faults("UPDATE stream SET name = 'a-9' WHERE sid = 1"), /says stream a-0, its row a-9/)
  })

  test(`${driver}: a reader that is missing an event says so instead of going on`, async () => {
    const file = freshFile()
    const store = await sqliteStore(file, { driver })
    await store.append(write('a-1', 'empty', ...Array.from({ length: 9 }, () => event())))
    await store.close()
    await tamper(file, driver, (db) => db.exec('DELETE FROM event WHERE position = 5'))
    const again = await sqliteStore(file, { driver })
    for (const pages of [again.readAll({ after: START }), again.read('a-1')]) {
      const error = await failure(() => gather(pages))
      assert.is(error.code, 'corrupt')
      assert.match(error.message, /missing/)
    }
    await again.close()
  })

  test(`${driver}: the view "log" is for people`, async () => {
    const file = freshFile()
    const store = await sqliteStore(file, {
      driver,
      clock: { now: () => 1_700_000_000_123, sleep: async () => {} },
    })
    await store.append(write('a-1', 'empty', event({ text: 'olá' }, { id: 'the-id' })))
    await store.close()
    await tamper(file, driver, (db) => {
      const { position, stream, version, type, id, recorded_at, data } = db
        .prepare('SELECT * FROM log')
        .get() as Record<string, unknown>
      assert.equal([position, stream, version, type, id], [1, 'a-1', 0, 'Noted', 'the-id'])
      assert.equal([recorded_at, data], ['2023-11-14T22:13:20.123Z', '{"text":"olá"}'])
    })
  })

  test(`${driver}: a cache of few heads gives the same answers as one of all`, async () => {
    const store = await sqliteStore(freshFile(), { driver, headCacheSize: 2 })
    for (let round = 0; round < 4; round++)
      for (let i = 0; i < 12; i++) {
        const result = await store.append(write(`a-${i}`, round === 0 ? 'empty' : { at: round - 1 }, event()))
        assert.is(E.isRight(result) && result.right.versions.get(`a-${i}`), round)
      }
    assert.ok((await store.integrity()).ok)
    await store.close()
  })

  test(
    `${driver}: a backup taken while others append is a whole log`,
    async () => {
      const file = freshFile()
      const store = await sqliteStore(file, { driver })
      const fill = (from: number, to: number) =>
        Promise.all(
          Array.from({ length: to - from }, (_, i) =>
            store.append(
              write(`a-${(from + i) % 100}`, 'any', event({ i }, { type: `T${i % 3}`, once: true })),
            ),
          ),
        )
      await fill(0, 5_000)
      const target = freshFile('backup')
      const before = await store.head()
      let done = false
      const backup = store.backup(target).finally(() => {
        done = true
      })
      for (let i = 5_000; !done; i += 20) await fill(i, i + 20)
      await backup
      const original = await gather(store.readAll({ after: START }))
      const copy = await sqliteStore(target, { driver })
      const copied = await gather(copy.readAll({ after: START }))
      assert.ok(
        copied.length >= 5_000 && copied.length < original.length,
        `${copied.length} ${original.length}`,
      )
      assert.ok((await copy.head()) >= before)
      assert.equal(copied, original.slice(0, copied.length))
      assert.equal((await copy.integrity()).faults, [])
      const repeated = await copy.append(write('a-x', 'any', { ...original[7]!, once: true }))
      assert.ok(E.isLeft(repeated) && repeated.left._tag === 'Duplicate')
      await copy.close()
      assert.is((await failure(() => store.backup(target))).code, 'invalid')
      await store.close()
    },
    { timeout: 30_000 },
  )

  test(`${driver}: compact leaves nothing in the write-ahead log, and all in the file`, async () => {
    const file = freshFile()
    const store = await sqliteStore(file, { driver })
    await store.append(write('a-1', 'empty', ...Array.from({ length: 500 }, () => event())))
    const { before, after } = await store.compact()
    assert.ok(after < before, `${before} ${after}`)
    assert.is((await gather(store.read('a-1'))).length, 500)
    await store.append(write('a-1', { at: 499 }, event()))
    await store.close()
    assert.is((await failure(() => store.compact())).code, 'closed')
    assert.is((await failure(() => store.backup(freshFile()))).code, 'closed')
    assert.is((await failure(() => store.integrity())).code, 'closed')
  })
}

test.run()
