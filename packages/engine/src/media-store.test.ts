import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { folderMediaStore, type MediaStore, memoryMediaStore, sha256Of } from './media-store.js'

const test = suite('where files are kept')

const bytesOf = async (blob: Blob | undefined): Promise<Uint8Array | undefined> =>
  blob && new Uint8Array(await blob.arrayBuffer())

const withFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-media-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const holds = async (store: MediaStore): Promise<void> => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 2000 }),
      fc.constantFrom('image/png', 'text/html'),
      async (bytes, type) => {
        const location = await store.put(bytes, `${type}; charset=utf-8`)
        assert.is(await store.put(Uint8Array.from(bytes), type), location)
        const blob = await store.get(location)
        assert.equal(await bytesOf(blob), bytes)
        assert.is(blob?.type, type)
        assert.is(blob?.size, bytes.length)
      },
    ),
    { numRuns: 40 },
  )
  const absent = `sha256:${'0'.repeat(64)};image/png`
  for (const location of [
    absent,
    '',
    'sha256:../../etc/passwd;text/plain',
    `sha256:${'a'.repeat(64)}`,
    '/etc/passwd',
  ])
    assert.is(await store.get(location), undefined, location)
}

const forgets = async (store: MediaStore): Promise<void> => {
  const [one, other] = [Buffer.from('one'), Buffer.from('other')]
  const location = await store.put(one, 'image/png')
  const kept = await store.put(other, 'image/png')
  await store.delete(location)
  await store.delete(location)
  for (const nothing of ['', 'sha256:../../etc/passwd;text/plain', `sha256:${'0'.repeat(64)};image/png`])
    await store.delete(nothing)
  assert.is(await store.get(location), undefined)
  assert.equal(await bytesOf(await store.get(kept)), new Uint8Array(other))
  assert.is(await store.put(one, 'image/png'), location, 'it can be put again')
  assert.equal(await bytesOf(await store.get(location)), new Uint8Array(one))
}

test('in memory: what is deleted is gone, and nothing else is', () => forgets(memoryMediaStore()))

test('in a folder: the same, with what a crash has left half', () =>
  withFolder(async (folder) => {
    const store = folderMediaStore(folder)
    await forgets(store)
    const location = await store.put(Buffer.from('half'), 'image/png')
    const parent = join(folder, sha256Of(Buffer.from('half')).slice(0, 2))
    await writeFile(join(parent, `${sha256Of(Buffer.from('half'))}.left.tmp`), 'hal')
    await store.delete(location)
    assert.equal(await readdir(parent), [])
  }))

test('in memory: the same bytes are one file, and nothing is found that was not put', () =>
  holds(memoryMediaStore()))

test('in a folder: the same, and another process finds it', () =>
  withFolder(async (folder) => {
    await holds(folderMediaStore(folder))
    const location = await folderMediaStore(folder).put(Buffer.from('kept'), 'text/plain')
    assert.equal(
      await bytesOf(await folderMediaStore(folder).get(location)),
      new Uint8Array(Buffer.from('kept')),
    )
  }))

test('put at the same time by many, a file is whole and there once, and nothing is left over', () =>
  withFolder(async (folder) => {
    const bytes = Buffer.alloc(300_000, 'x')
    const locations = await Promise.all(
      Array.from({ length: 12 }, () => folderMediaStore(folder).put(bytes, 'image/png')),
    )
    assert.is(new Set(locations).size, 1)
    const hash = sha256Of(bytes)
    assert.equal(await readdir(join(folder, hash.slice(0, 2))), [hash])
  }))

test('what a crash left half is written anew, and never served', () =>
  withFolder(async (folder) => {
    const store = folderMediaStore(folder)
    const bytes = Buffer.alloc(10_000, 'y')
    const hash = sha256Of(bytes)
    // A writer that is killed between its bytes and the move into place leaves a file of another name.
    const script = `
      import { mkdirSync, writeFileSync } from 'node:fs'
      mkdirSync(${JSON.stringify(join(folder, hash.slice(0, 2)))}, { recursive: true })
      writeFileSync(${JSON.stringify(join(folder, hash.slice(0, 2), `${hash}.half.tmp`))}, 'yyy')
      process.kill(process.pid, 'SIGKILL')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    await once(child, 'exit')
    const location = `sha256:${hash};image/png`
    assert.is(await store.get(location), undefined)
    assert.is(await store.put(bytes, 'image/png'), location)
    assert.is((await store.get(location))?.size, bytes.length)
    // A file that the disk has cut is repaired by the next who puts it.
    await truncate(join(folder, hash.slice(0, 2), hash), 5)
    await store.put(bytes, 'image/png')
    assert.equal(await bytesOf(await store.get(location)), new Uint8Array(bytes))
  }))

test('a folder that cannot be written is an error, and not a file', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'not-a-folder')
    await writeFile(file, '')
    try {
      await folderMediaStore(file).put(Buffer.from('x'), 'image/png')
    } catch (error) {
      assert.is((error as NodeJS.ErrnoException).code, 'ENOTDIR')
      return
    }
    assert.unreachable()
  }))

test.run()
