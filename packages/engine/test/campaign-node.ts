/**
 * An engine on an SQLite file, in a process of its own, that runs the campaigns in it until it is killed. Each message
 * that its channel takes is a line of a file, written before the channel answers: so the file says what was sent,
 * also by an engine that did not live to write it down.
 */
import { appendFileSync } from 'node:fs'
import { systemClock } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import * as E from 'fp-ts/lib/Either.js'
import { startRamal } from '../src/index.js'
import { fakeChannel } from './fake-channel.js'
import { POLICY } from './shop.js'

const [database = '', lines = '', name = ''] = process.argv.slice(2)

const fake = fakeChannel({
  answer({ message, to }) {
    appendFileSync(lines, `${to.value} ${message}\n`)
    return E.right({ providerId: `out-${message}` })
  },
})
const store = await sqliteStore(database)
const ramal = await startRamal({ store, policy: POLICY, name, channels: [fake.adapter], onTrouble: () => {} })
ramal.campaignProgress('spring').subscribe((progress) => process.send?.(progress ?? {}))
process.on('disconnect', () => process.exit())
process.on('message', async () => {
  await ramal.stop()
  await store.close()
  process.exit()
})
// Alive until it is told otherwise, by its parent or by a signal.
while (process.connected) await systemClock.sleep(1000)
