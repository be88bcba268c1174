import { createHash, randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where files are kept that customers send and agents answer with: a folder, an object store. */
export interface MediaStore {
  /**
   * Keeps the bytes; durable when it resolves. The same bytes and type have the same location, however often and by
   * whichever process they are put.
   */
  put(bytes: Uint8Array, mimeType: string): Promise<string>
  /** With the size and the type; undefined for what is not there. */
  get(location: string): Promise<Blob | undefined>
  /**
   * Takes the bytes away, for good when it resolves; also those of other types that are the same bytes. What is not
   * there, or is no location, is nothing to do.
   */
  delete(location: string): Promise<void>
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const LOCATION = /^sha256:([0-9a-f]{64});([\w.+-]+\/[\w.+-]+)$/

/** A type without its parameters; what is none is only bytes. */
export const plainType = (mimeType: string | undefined): string => {
  const plain = mimeType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return /^[\w.+-]{1,60}\/[\w.+-]{1,100}$/.test(plain) ? plain : 'application/octet-stream'
}

const locate = (
  bytes: Uint8Array,
  mimeType: string,
): { readonly hash: string; readonly location: string } => {
  const hash = sha256Of(bytes)
  return { hash, location: `sha256:${hash};${plainType(mimeType)}` }
}

const read = (location: string): { readonly hash: string; readonly type: string } | undefined => {
  const [, hash, type] = LOCATION.exec(location) ?? []
  return hash !== undefined && type !== undefined ? { hash, type } : undefined
}

/** For tests, and for what need not outlive the process. */
export const memoryMediaStore = (): MediaStore => {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  return {
    async put(bytes, mimeType) {
      const { hash, location } = locate(bytes, mimeType)
      if (!files.has(hash)) files.set(hash, new Uint8Array(bytes))
      return location
    },
    async get(location) {
      const found = read(location)
      const bytes = found && files.get(found.hash)
      return bytes && new Blob([bytes], { type: found.type })
    },
    async delete(location) {
      const found = read(location)
      if (found) files.delete(found.hash)
    },
  }
}

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** A new name in a folder is durable when the folder is. Not every file system lets a folder be flushed. */
const flushFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await handle.close()
  }
}

/**
 * Files in a folder, named by their content: `ab/abcdef…`, written beside and moved into place when they are on
 * disk. Any number of processes may share it.
 */
export const folderMediaStore = (folder: string): MediaStore => {
  const pathOf = (hash: string) => join(folder, hash.slice(0, 2), hash)
  return {
    async put(bytes, mimeType) {
      const { hash, location } = locate(bytes, mimeType)
      const path = pathOf(hash)
      if ((await sizeOf(path)) === bytes.length) return location
      const parent = join(folder, hash.slice(0, 2))
      await mkdir(parent, { recursive: true })
      const temporary = `${path}.${randomUUID()}.tmp`
      await writeFile(temporary, bytes, { flush: true })
      await rename(temporary, path)
      await flushFolder(parent)
      await flushFolder(folder)
      return location
    },
    async get(location) {
      const found = read(location)
      if (!found || (await sizeOf(pathOf(found.hash))) === undefined) return undefined
      return openAsBlob(pathOf(found.hash), { type: found.type })
    },
    async delete(location) {
      const found = read(location)
      if (!found) return
      const parent = join(folder, found.hash.slice(0, 2))
      // Also what a crash has left half: a writer that is at it at this moment fails, and tries again.
      const names = await namesIn(parent)
      const theirs = names.filter((name) => name === found.hash || name.startsWith(`${found.hash}.`))
      if (theirs.length === 0) return
      await Promise.all(theirs.map((name) => rm(join(parent, name), { force: true })))
      await flushFolder(parent)
    },
  }
}
