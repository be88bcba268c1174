import { lockKey } from './names.js'

/**
 * What a client says it knows the log by: a process of a server that was started then, and the table. A server that
 * took the place of another, a pooler's other connection and a log that was made anew are not the ones it knew.
 */
export const originOf = (schema: string) => ({
  process: 'pg_backend_pid()',
  since: `(date_part('epoch', pg_postmaster_start_time()) * 1000000)::bigint`,
  log: `'${schema}.events'::regclass::oid::bigint`,
})

/**
 * Writes one event where a client that writes alone knows that it belongs, and reads nothing: positions have no gaps,
 * so the one after a known event is free only if nobody wrote since, and then what the client knows of its streams
 * still holds. No row is written when that is not so, when the stream or the id is in the log already, or while
 * another holds the lock: then `append_one` is to decide.
 *
 * A statement and not a function, which would cost a tenth more. It needs none of the settings of one: it waits for
 * no lock, an insert of values has only one plan, and what it inserts conflicts with whatever is committed, whenever
 * its snapshot was taken.
 */
export const appendNextStatement = (schema: string): string => {
  const origin = originOf(schema)
  return `
insert into ${schema}.events (position, stream, version, type, id, once, loose, body)
select $5::bigint, $6::text, $7::integer, $8::text, $9::uuid, $10::boolean, false, $11::text ||
       coalesce($1::bigint, floor(date_part('epoch', clock_timestamp()) * 1000)::bigint) || '}'
 where $2::integer = ${origin.process} and $3::bigint = ${origin.since} and $4::bigint = ${origin.log}
   and pg_try_advisory_xact_lock(${lockKey(schema)})
on conflict do nothing`
}
