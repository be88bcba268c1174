import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { integer, nonEmpty, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

const blobInfo = record({
  name: nonEmpty,
  mimeType: nonEmpty,
  bytes: integer(0),
  /** In hexadecimal digits. */
  sha256: nonEmpty,
  /** Who may refer to it: the visitor who uploaded it. */
  owner: nonEmpty,
})

export type BlobInfo = Readonly<t.TypeOf<typeof blobInfo>>

export interface Blob {
  readonly info: BlobInfo
  readonly bytes: Uint8Array
}

/** Where attachments are kept: a folder, an object store. What was put is durable when the promise resolves. */
export interface BlobStore {
  put(id: string, blob: Blob): Promise<void>
  get(id: string): Promise<Blob | undefined>
  info(id: string): Promise<BlobInfo | undefined>
  /** Takes it away. What is not there is nothing to do. */
  delete(id: string): Promise<void>
}

/** The ids that a blob store is asked for: no path can be made of them. */
export const isBlobId = (id: string): boolean => /^[0-9A-Za-z_-]{16,64}$/.test(id)

const missing = (cause: unknown): undefined => {
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw cause
}

/**
 * Attachments as files in one folder: `<id>` and, written after it, `<id>.json` that says what it is. A crash
 * between the two leaves a file that nobody can ask for.
 */
export const folderBlobStore = (folder: string): BlobStore => {
  const write = async (name: string, bytes: Uint8Array | string) => {
    const temporary = join(folder, `${name}.${randomUUID()}.tmp`)
    await writeFile(temporary, bytes, { flush: true })
    await rename(temporary, join(folder, name))
  }
  const info = async (id: string): Promise<BlobInfo | undefined> => {
    if (!isBlobId(id)) return undefined
    const json = await readFile(join(folder, `${id}.json`), 'utf8').catch(missing)
    if (json === undefined) return undefined
    const decoded = blobInfo.decode(JSON.parse(json))
    if (E.isLeft(decoded))
      throw new Error(`${id}.json in the attachment folder is damaged; restore or delete it.`)
    return decoded.right
  }
  return {
    info,
    async put(id, blob) {
      if (!isBlobId(id))
        throw new RangeError(`"${id}" is no id of an attachment: 16 to 64 of A-Z a-z 0-9 _ -.`)
      await mkdir(folder, { recursive: true })
      await write(id, blob.bytes)
      await write(`${id}.json`, JSON.stringify(blob.info))
    },
    async get(id) {
      const about = await info(id)
      const bytes = about && (await readFile(join(folder, id)).catch(missing))
      return about && bytes ? { info: about, bytes } : undefined
    },
    async delete(id) {
      if (!isBlobId(id)) return
      // What says that it is there goes last: a crash between leaves what is deleted again.
      await rm(join(folder, id), { force: true })
      await rm(join(folder, `${id}.json`), { force: true })
    },
  }
}
