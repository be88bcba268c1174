import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { conflictOf, type ProjectionId, type ProjectionStorage, type StoredProjection } from './storage.js'

const missing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

const readJson = async <T>(path: string): Promise<T | undefined> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (missing(error)) return undefined
    throw error
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${path} is no JSON; delete it and the projection is rebuilt from the log.`, { cause })
  }
}

/** Written beside, made durable, then renamed: a reader, and a crash, sees the old file or the new one. */
const writeJson = async (path: string, value: unknown): Promise<void> => {
  const beside = `${path}.new`
  const file = await open(beside, 'w')
  try {
    await file.writeFile(JSON.stringify(value))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

/**
 * Keeps each version of each projection in one JSON file of a folder. One process at a time: runners of this
 * process fence each other exactly; against another process the fence has a gap as short as one write.
 */
export const fileProjectionStorage = (folder: string): ProjectionStorage => {
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other, so that compare and set is one step. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
  const safe = (name: string) => encodeURIComponent(name)
  const recordOf = ({ name, version }: ProjectionId) => join(folder, `${safe(name)}@${version}.json`)
  const servingOf = (name: string) => join(folder, `${safe(name)}.serving.json`)
  const readServing = async (name: string) =>
    (await readJson<{ readonly version: number }>(servingOf(name)))?.version
  return {
    claim: (id) =>
      alone(async () => {
        await mkdir(folder, { recursive: true })
        const held = await readJson<StoredProjection>(recordOf(id))
        const token = (held?.token ?? 0) + 1
        await writeJson(recordOf(id), { token, saved: held?.saved })
        return { token, saved: held?.saved }
      }),
    load: (id) => alone(async () => (await readJson<StoredProjection>(recordOf(id)))?.saved),
    save: (id, token, from, next) =>
      alone(async () => {
        const held = await readJson<StoredProjection>(recordOf(id))
        const conflict = conflictOf(id, held, await readServing(id.name), token, from)
        if (conflict) return E.left(conflict)
        await writeJson(recordOf(id), { token, saved: next })
        return E.right(undefined)
      }),
    serving: (name) => alone(() => readServing(name)),
    serve: (name, from, to) =>
      alone(async () => {
        await mkdir(folder, { recursive: true })
        if ((await readServing(name)) !== from) return false
        await writeJson(servingOf(name), { version: to })
        return true
      }),
    remove: (id) => alone(() => rm(recordOf(id), { force: true })),
  }
}
