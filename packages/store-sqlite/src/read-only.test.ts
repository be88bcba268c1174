import { START } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { drivers, event, failure, freshFile, gather, write } from '../test/support.js'
import { sqliteStore } from './index.js'

const test = suite('read only')

for (const driver of drivers) {
  test(`${driver}: follows what another handle writes, new event types included`, async () => {
    const file = freshFile()
    const writer = await sqliteStore(file, { driver })
    await writer.append(write('a-1', 'empty', event({}, { type: 'Old' })))
    const reader = await sqliteStore(file, { driver, readOnly: true, pollInterval: 5 })
    const stop = new AbortController()
    const seen: string[] = []
    let caughtUp = 0
    const following = (async () => {
      const options = { after: START, types: ['Old', 'New'] }
      for await (const page of reader.subscribe(options, stop.signal)) {
        seen.push(...page.events.map((e) => e.type))
        if (page.caughtUp) caughtUp++
        if (seen.length === 12) stop.abort()
      }
    })()
    for (let i = 0; i < 20; i++) {
      await writer.append(write('a-1', 'any', event({}, { type: i % 2 ? 'New' : 'Other' })))
      if (i === 18) await writer.append(write('a-1', 'any', event({}, { type: 'Old' })))
      await new Promise((resolve) => setTimeout(resolve, i % 5))
    }
    await following
    assert.equal(seen, ['Old', ...Array(9).fill('New'), 'Old', 'New'])
    assert.ok(caughtUp > 0)
    assert.is(await reader.head(), await writer.head())
    assert.equal(await gather(reader.read('a-1')), await gather(writer.read('a-1')))
    await reader.close()
    await writer.close()
  })

  test(`${driver}: writes nothing, and says so`, async () => {
    const file = freshFile()
    await (await sqliteStore(file, { driver })).close()
    const reader = await sqliteStore(file, { driver, readOnly: true })
    assert.is(await reader.head(), START)
    const error = await failure(() => reader.append(write('a-1', 'any', event())))
    assert.is(error.code, 'refused')
    assert.match(error.message, /open only to be read/)
    assert.is((await failure(() => reader.compact())).code, 'refused')
    assert.ok((await reader.integrity()).ok)
    await reader.close()
    assert.is((await failure(() => reader.head())).code, 'closed')
  })

  test(`${driver}: a log that is not there is not made`, async () => {
    const file = freshFile()
    const error = await failure(() => sqliteStore(file, { driver, readOnly: true }))
    assert.is(error.code, 'unavailable')
    assert.ok(error.message.includes(file.split('/').at(-1)!))
  })
}

test.run()
