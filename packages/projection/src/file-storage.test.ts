import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { positionOf } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { fileProjectionStorage } from './file-storage.js'
import { memoryProjectionStorage } from './memory-storage.js'
import { tally, world } from './scenario.js'
import type { ProjectionStorage } from './storage.js'

const test = suite('storage')

const inFolder = async (body: (folder: string) => Promise<void>) => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-projection-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const contract = async (storage: ProjectionStorage) => {
  const id = { name: 'fcr/default', version: 1 }
  const at = (n: number, state: unknown) => ({
    position: positionOf(n),
    state: state as number,
    effectsDone: positionOf(0),
    parked: [],
  })
  const tagOf = (result: E.Either<{ readonly _tag: string }, void>) =>
    E.isLeft(result) ? result.left._tag : 'saved'
  const first = await storage.claim(id)
  assert.is(first.saved, undefined)
  assert.is(tagOf(await storage.save(id, first.token, undefined, at(1, 1))), 'saved')
  assert.is(tagOf(await storage.save(id, first.token, undefined, at(2, 2))), 'Moved')
  assert.is(tagOf(await storage.save(id, first.token, positionOf(1), at(2, 2))), 'saved')
  const second = await storage.claim(id)
  assert.ok(second.token > first.token)
  assert.is(second.saved?.state, 2)
  assert.is(tagOf(await storage.save(id, first.token, positionOf(2), at(3, 3))), 'Fenced')
  assert.is(await storage.serving(id.name), undefined)
  assert.ok(await storage.serve(id.name, undefined, 1))
  assert.not(await storage.serve(id.name, undefined, 2))
  assert.ok(await storage.serve(id.name, 1, 2))
  assert.is(tagOf(await storage.save(id, second.token, positionOf(2), at(3, 3))), 'Superseded')
  assert.is((await storage.load(id))?.position, positionOf(2))
  await storage.remove(id)
  assert.is(await storage.load(id), undefined)
}

test('in memory: claims fence, saves compare, one version answers', () => contract(memoryProjectionStorage()))

test('in files: the same', () => inFolder((folder) => contract(fileProjectionStorage(folder))))

test('a state in a file outlives its process, and half a file is never read', () =>
  inFolder(async (folder) => {
    const { ring, run } = world()
    await ring(3)
    const first = run(tally(), { storage: fileProjectionStorage(folder) })
    await first.running.caughtUp()
    await first.end()
    // What a crash in the middle of a write leaves behind.
    await writeFile(join(folder, 'tally@1.json.new'), '{"token":')
    await ring(1)
    const second = run(tally(), { storage: fileProjectionStorage(folder) })
    await second.running.caughtUp()
    assert.is(second.running.progress.applied, 1)
    assert.equal(second.running.state.seen, { e1: 1, e2: 1, e3: 1, e4: 1 })
    await second.end()
    assert.equal((await readdir(folder)).sort(), ['tally.serving.json', 'tally@1.json'])
  }))

test('a file that is damaged says so, and what to do', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'tally@1.json'), 'not json')
    const { run } = world()
    const outcome = await run(tally(), { storage: fileProjectionStorage(folder) }).running.outcome
    assert.ok(outcome._tag === 'Failed')
    assert.match(String(outcome.error), /tally@1\.json is no JSON; delete it/)
  }))

test.run()
