import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import type { LogRecord } from './record.js'

/** What one commit changes: its records, and the streams that it deletes for good. */
export interface Commit {
  readonly records: readonly LogRecord[]
  readonly tombstones: readonly string[]
}

/** Where commits are kept. */
export interface Journal {
  /** The commits so far, in order. */
  load(): Generator<Commit>
  append(commit: Commit): void
  close(): void
}

export const memoryJournal = (): Journal => ({
  *load() {},
  append() {},
  close() {},
})

const HEADER = 8

const encode = ({ records, tombstones }: Commit): Buffer =>
  Buffer.from(
    JSON.stringify({
      tombstones,
      records: records.map((r) => ({
        ...r,
        data: Buffer.from(r.data).toString('base64'),
        metadata: Buffer.from(r.metadata).toString('base64'),
      })),
    }),
  )

type Stored = Omit<LogRecord, 'data' | 'metadata'> & { readonly data: string; readonly metadata: string }

const decode = (bytes: Buffer): Commit => {
  const { records, tombstones } = JSON.parse(bytes.toString('utf8')) as {
    readonly records: readonly Stored[]
    readonly tombstones: readonly string[]
  }
  return {
    tombstones,
    records: records.map((r) => ({
      ...r,
      data: Buffer.from(r.data, 'base64'),
      metadata: Buffer.from(r.metadata, 'base64'),
    })),
  }
}

/** FNV-1a: enough to know a torn frame. */
const checksum = (bytes: Buffer): number => {
  let h = 0x811c9dc5
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193)
  return h >>> 0
}

/**
 * An append-only file with a frame a commit: length, checksum, JSON. A frame that was torn by a crash is cut off
 * when the file is opened. Survives the death of the process at any moment; it does not wait for the disk, so a
 * power cut may cost the last commits.
 */
export const fileJournal = (path: string): Journal => {
  const fd = openSync(path, 'a+')
  return {
    *load() {
      const size = fstatSync(fd).size
      const header = Buffer.alloc(HEADER)
      let offset = 0
      while (offset + HEADER <= size) {
        readSync(fd, header, 0, HEADER, offset)
        const length = header.readUInt32LE(0)
        if (offset + HEADER + length > size) break
        const body = Buffer.alloc(length)
        readSync(fd, body, 0, length, offset + HEADER)
        if (checksum(body) !== header.readUInt32LE(4)) break
        yield decode(body)
        offset += HEADER + length
      }
      if (offset < size) ftruncateSync(fd, offset)
    },
    append(commit) {
      const body = encode(commit)
      const frame = Buffer.alloc(HEADER + body.length)
      frame.writeUInt32LE(body.length, 0)
      frame.writeUInt32LE(checksum(body), 4)
      body.copy(frame, HEADER)
      for (let done = 0; done < frame.length; ) done += writeSync(fd, frame, done)
    },
    close: () => closeSync(fd),
  }
}
