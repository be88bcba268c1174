import { StoreError } from '@ramal/core'
import type { Database } from './database.js'

/** "Rmal": marks the file as ours for `file(1)` and for us. */
export const APPLICATION_ID = 0x526d616c

export const SCHEMA_VERSION = 2

/**
 * `kind` names a category and a type by one small number, so that a filter on both compares integers and never
 * reads a body. `id` is set only where an event must be found by its id, see `writer.ts`; `claim` finds those up to
 * the position in `claimed`, see `claims.ts`. `body` is the event as
 * recorded and stands last, so that a filter never walks over the pages of a long one.
 */
const TABLES = `
CREATE TABLE stream (sid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE kind (kind INTEGER PRIMARY KEY, category TEXT NOT NULL, type TEXT NOT NULL,
  UNIQUE (category, type)) STRICT;
CREATE TABLE event (position INTEGER PRIMARY KEY, sid INTEGER NOT NULL, version INTEGER NOT NULL,
  kind INTEGER NOT NULL, id TEXT, body TEXT NOT NULL, UNIQUE (sid, version)) STRICT;
CREATE TABLE claim (id TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (id, position)) STRICT, WITHOUT ROWID;
CREATE TABLE claimed (position INTEGER NOT NULL) STRICT;
INSERT INTO claimed VALUES (0);
CREATE VIEW log AS SELECT position, name AS stream, version, type,
  json_extract(body, '$.meta.id') AS id,
  strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(body, '$.recordedAt') / 1000.0, 'unixepoch') AS recorded_at,
  json_extract(body, '$.data') AS data, json_extract(body, '$.meta') AS meta
  FROM event JOIN stream USING (sid) JOIN kind USING (kind) ORDER BY position;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`

const pragma = (db: Database, name: string): number => {
  const row = db.prepare(`PRAGMA ${name}`).get() as Record<string, number>
  return Number(row[name])
}

/** @throws StoreError `schema` unless the file is a log of this version */
export const checkSchema = (db: Database, file: string): void => {
  const application = pragma(db, 'application_id')
  if (application !== APPLICATION_ID)
    throw new StoreError(
      'schema',
      `${file} is an SQLite database, but not a log of Ramal; choose another file.`,
    )
  const version = pragma(db, 'user_version')
  if (version !== SCHEMA_VERSION)
    throw new StoreError(
      'schema',
      `${file} has schema version ${version} and this @ramal/store-sqlite reads ${SCHEMA_VERSION}; install the version that made it.`,
    )
}

const isEmpty = (db: Database): boolean =>
  pragma(db, 'application_id') === 0 &&
  pragma(db, 'user_version') === 0 &&
  db.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() === undefined

/** Makes the tables in an empty file, and refuses any file that is not a log of this version. */
export const prepareSchema = (db: Database, file: string): void => {
  if (!isEmpty(db)) return checkSchema(db, file)
  db.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`)
}
