/** An engine in a process of its own, on a log in a file and files in a folder, that is told of one picture. */
import { whatsapp } from '@ramal/channel-whatsapp'
import { START } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import { folderMediaStore, startRamal } from '../src/index.js'
import { NUMBER, POLICY, SECRET } from './desk.js'

const [folder = '', origin = '', message = ''] = process.argv.slice(2)

const store = await sqliteStore(`${folder}/log.db`)
const ramal = await startRamal({
  store,
  policy: POLICY,
  patience: 0,
  media: { store: folderMediaStore(`${folder}/files`), doubtAfter: 500 },
  channels: [
    whatsapp({
      ...{ appSecret: SECRET, verifyToken: 'v', accessToken: 't', apiVersion: 'v1.0' },
      ...{ numbers: [{ id: NUMBER }], baseUrl: origin, mediaHosts: [origin] },
    }),
  ],
  onTrouble: () => {},
})
if (message !== '')
  await ramal.ingest('whatsapp', [
    {
      ...{ kind: 'message', dedupeKey: message, providerId: message, at: Date.now(), endpoint: NUMBER },
      peer: [{ kind: 'wa_id', value: '15550111' }],
      content: { kind: 'media', media: 'image', attachment: '77', reference: '77' },
    },
  ])
const options = { after: START, types: ['AttachmentStored'], categories: ['conversation'] }
for await (const { events } of store.subscribe(options, new AbortController().signal))
  if (events.length > 0) process.send?.('stored')
