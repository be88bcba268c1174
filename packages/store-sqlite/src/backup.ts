import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreError } from '@ramal/core'
import { type Beside, pause, withDatabase } from './beside.js'
import { resolveFile } from './files.js'
import { prepareSchema } from './schema.js'

/** Events copied at once: some milliseconds of work. */
const PORTION = 2_000

const sync = (path: string): void => {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * The log only ever grows, so a copy of all rows up to a position is the log as it was at that position: it is
 * taken in portions, and no transaction spans them.
 */
export const backupTo = async (toFile: string, beside: Beside): Promise<void> => {
  const target = resolveFile(toFile)
  if (existsSync(target))
    throw new StoreError('invalid', `${target} is there already; name a new file for the backup.`)
  const partial = `${target}.partial`
  rmSync(partial, { force: true })
  try {
    await withDatabase(beside, partial, false, 'Backing up to', async (db) => {
      db.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF')
      prepareSchema(db, partial)
      db.prepare('ATTACH DATABASE ? AS source').run(beside.file)
      const { head } = db.prepare('SELECT max(position) AS head FROM source.event').get() as {
        head: number | null
      }
      const events = db.prepare(
        'INSERT INTO main.event SELECT * FROM source.event WHERE position > ? AND position <= ?',
      )
      const claims = db.prepare(
        `INSERT INTO main.claim SELECT id, position FROM main.event
         WHERE position > ? AND position <= ? AND id IS NOT NULL ORDER BY id`,
      )
      const streams = db.prepare(
        'INSERT INTO main.stream SELECT * FROM source.stream WHERE sid > ? AND sid <= ?',
      )
      const { last } = db
        .prepare('SELECT max(sid) AS last FROM source.event WHERE position <= ?')
        .get(head) as { last: number | null }
      for (let from = 0; from < (head ?? 0); from += PORTION) {
        const to = Math.min(from + PORTION, head ?? 0)
        events.run(from, to)
        claims.run(from, to)
        await pause(beside, 'The backup of')
      }
      for (let from = 0; from < (last ?? 0); from += PORTION) {
        streams.run(from, Math.min(from + PORTION, last ?? 0))
        await pause(beside, 'The backup of')
      }
      db.prepare('UPDATE main.claimed SET position = ?').run(head ?? 0)
      db.exec('INSERT INTO main.kind SELECT * FROM source.kind; DETACH DATABASE source')
    })
    sync(partial)
    renameSync(partial, target)
    // Windows opens no folders; there the name is as durable as the file system makes it.
    if (process.platform !== 'win32') sync(dirname(target))
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}
