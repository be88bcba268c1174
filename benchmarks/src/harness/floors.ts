import { closeSync, fdatasyncSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Contender } from './rounds.js'

/** Parsing the same texts and doing nothing with them: no reader of a JSON log is faster. */
export const jsonParseFloor = (texts: readonly string[]): Contender => {
  let seen = 0
  return {
    run() {
      // What is parsed is looked at, lest it be compiled away.
      for (const text of texts) if (JSON.parse(text) !== undefined) seen++
      return texts.length
    },
    after() {
      if (seen === 0) throw new Error('The JSON.parse floor parsed nothing.')
      seen = 0
    },
  }
}

export interface FdatasyncOptions {
  /** On the disk to be measured, such as the folder of the log. */
  readonly directory: string
  /** Written before each sync. Default 4096. */
  readonly bytes?: number
  /** Syncs in a round. Default 200. */
  readonly count?: number
}

/**
 * One write and one `fdatasync` after the other, over a file that has its size already: no single writer that
 * acknowledges what is durable, one at a time, is faster on this disk.
 */
export const fdatasyncFloor = ({ directory, bytes = 4096, count = 200 }: FdatasyncOptions): Contender => {
  const block = Buffer.alloc(bytes, 0x61)
  let folder = ''
  let file = -1
  return {
    before() {
      folder = mkdtempSync(join(directory, 'fdatasync-'))
      file = openSync(join(folder, 'floor'), 'w')
      for (let i = 0; i < count; i++) writeSync(file, block, 0, bytes, i * bytes)
      fsyncSync(file)
    },
    run() {
      for (let i = 0; i < count; i++) {
        writeSync(file, block, 0, bytes, i * bytes)
        fdatasyncSync(file)
      }
      return count
    },
    after() {
      closeSync(file)
      rmSync(folder, { recursive: true })
    },
  }
}
