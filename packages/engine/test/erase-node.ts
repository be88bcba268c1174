/**
 * An engine in a process of its own, on a log in a file and files in a folder, that carries out what is to be erased.
 * With `die` it is killed when the bytes are gone and nothing is written of it yet.
 */
import { START } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import { folderMediaStore, startRamal } from '../src/index.js'
import { POLICY } from './desk.js'
import { fakeChannel } from './fake-channel.js'

const [folder = '', die = ''] = process.argv.slice(2)

const store = await sqliteStore(`${folder}/log.db`)
const files = folderMediaStore(`${folder}/files`)
await startRamal({
  store,
  policy: POLICY,
  patience: 0,
  channels: [fakeChannel().adapter],
  media: {
    store: {
      ...files,
      async delete(location) {
        await files.delete(location)
        if (die) process.kill(process.pid, 'SIGKILL')
      },
    },
  },
  onTrouble: () => {},
})
const options = { after: START, types: ['AttachmentErased'], categories: ['conversation'] }
for await (const { events } of store.subscribe(options, new AbortController().signal))
  if (events.length > 0) process.send?.('erased')
