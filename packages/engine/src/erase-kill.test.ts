import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { POLICY, readLog } from '../test/desk.js'
import { fakeChannel } from '../test/fake-channel.js'
import { folderMediaStore, sha256Of, startRamal } from './index.js'

const test = suite('erasing files, when an engine is killed')

const script = fileURLToPath(new URL('../test/erase-node.ts', import.meta.url))
const BYTES = Buffer.from('of somebody')

const survives = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-erase-kill-'))
  const start = (die = '') => fork(script, [folder, die], { execArgv: ['--import', 'tsx'] })
  const children: ReturnType<typeof start>[] = []
  try {
    const store = await sqliteStore(join(folder, 'log.db'))
    // It asks for the erasure, and is gone before anything of it is done: it has no place for files.
    const desk = await startRamal({ store, policy: POLICY, patience: 0, channels: [fakeChannel().adapter] })
    const location = await folderMediaStore(join(folder, 'files')).put(BYTES, 'image/png')
    const [{ conversation } = { conversation: '' }] = await desk.ingest('whatsapp', [
      {
        ...{ kind: 'message', dedupeKey: 'm1', providerId: 'm1', at: Date.now(), endpoint: 'shop' },
        peer: [{ kind: 'wa_id', value: '15550111' }],
        content: { kind: 'media', media: 'image', attachment: '77', reference: '77' },
      },
    ])
    const stored = { attachment: '77', location, bytes: BYTES.length, sha256: sha256Of(BYTES) }
    await desk.conversation(conversation!, { type: 'storeAttachment', ...stored })
    const by = { kind: 'human', id: 'dpo' } as const
    await desk.eraseMedia({ conversation: conversation! }, { by, reason: 'request 17' })
    await desk.stop()
    await store.close()

    const first = start('die')
    children.push(first)
    await once(first, 'exit')
    assert.equal(await readdir(join(folder, 'files', sha256Of(BYTES).slice(0, 2))), [], 'the bytes are gone')
    const told = async () => {
      const log = await sqliteStore(join(folder, 'log.db'), { readOnly: true })
      const count = (await readLog(log)).filter(({ type }) => type === 'AttachmentErased').length
      await log.close()
      return count
    }
    assert.is(await told(), 0, 'and nobody has said so')

    const second = start()
    children.push(second)
    await once(second, 'message')
    assert.is(await told(), 1)
  } finally {
    for (const child of children)
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    await rm(folder, { recursive: true })
  }
}

test('killed between the bytes and what says that they are gone, the next one says so, once', survives, {
  timeout: 50_000,
})

test.run()
