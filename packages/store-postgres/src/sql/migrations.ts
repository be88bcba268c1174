import { appendFunction } from './append.js'
import { appendOneFunction } from './append-one.js'
import { readLogFunction, readStreamFunction } from './read.js'

/** Makes version n + 1 of the schema from version n. */
export type Migration = (schema: string) => string

const createLog: Migration = (schema) => `
create table ${schema}.events (
  position bigint primary key,
  stream text collate "C" not null,
  version integer not null,
  type text collate "C" not null,
  id uuid not null,
  -- It may be in the whole log only once.
  once boolean not null,
  -- It was written without a version to know it by: a retry is known by its id in its stream.
  loose boolean not null,
  body text not null,
  unique (stream, version)
);
create unique index events_once on ${schema}.events (id) where once;
create unique index events_loose on ${schema}.events (id, stream) where loose;
comment on table ${schema}.events is 'The log of Ramal. It is written under the lock of the functions append and append_one; nothing is ever updated.';
comment on column ${schema}.events.body is 'The whole recorded event as JSON.';
${appendFunction(schema)}
${appendOneFunction(schema)}
${readStreamFunction(schema)}
${readLogFunction(schema)}`

/**
 * In the order in which they are carried out. One that was published is never changed: another is added. A process of
 * an older release may be running meanwhile: what its functions and `append-next.ts` write must stay right, or fail.
 */
export const MIGRATIONS: readonly Migration[] = [createLog]
