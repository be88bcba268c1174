import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { readLog } from '../test/desk.js'
import { PICTURE } from '../test/media-bench.js'
import { openMeta } from '../test/meta.js'
import { sha256Of } from './index.js'

const test = suite('files, when an engine is killed')

const script = fileURLToPath(new URL('../test/media-node.ts', import.meta.url))

const until = async (what: () => boolean, why: string): Promise<void> => {
  for (let n = 0; n < 1_500 && !what(); n++) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.ok(what(), why)
}

const kill = async (child: ChildProcess): Promise<void> => {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const takesOver = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-media-kill-'))
  const meta = await openMeta()
  meta.files.set('77', { bytes: PICTURE, mimeType: 'image/png' })
  const children: ChildProcess[] = []
  const start = (message: string): ChildProcess => {
    const child = fork(script, [folder, meta.origin, message], { execArgv: ['--import', 'tsx'] })
    children.push(child)
    return child
  }
  try {
    let release = () => {}
    meta.hold = new Promise((resolve) => {
      release = resolve
    })
    const first = start('m1')
    await until(() => meta.asked.length > 0, 'it has asked for the file')
    await kill(first)
    meta.hold = undefined
    release()
    const second = start('')
    await once(second, 'message')
    const hash = sha256Of(PICTURE)
    assert.equal(await readdir(join(folder, 'files', hash.slice(0, 2))), [hash])
    await kill(second)
    const store = await sqliteStore(join(folder, 'log.db'))
    const facts = (await readLog(store)).filter(({ type }) => type.startsWith('Attachment'))
    await store.close()
    assert.equal(
      facts.map(({ type }) => type),
      ['AttachmentAttempted', 'AttachmentAttempted', 'AttachmentStored'],
    )
  } finally {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child)
    await meta.close()
    await rm(folder, { recursive: true })
  }
}

test('killed while it fetches, the next one fetches it: whole, and written once', takesOver, {
  timeout: 50_000,
})

test.run()
