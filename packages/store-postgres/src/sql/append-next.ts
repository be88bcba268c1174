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
 * still holds. It writes nothing and answers false when that is not so, when the stream or the id is in the log
 * already, or while another holds the lock: then `append_one` is to decide. It has no settings of its own, which
 * would cost more than they bring: it waits for no lock, and an insert of values has only one plan.
 */
export const appendNextFunction = (schema: string): string => {
  const origin = originOf(schema)
  return `
create function ${schema}.append_next(
  recorded bigint, process integer, since bigint, log bigint,
  place bigint, name text, number integer, single boolean, key uuid, kind text, content text
) returns boolean language plpgsql volatile
as $$
begin
  if process = ${origin.process} and since = ${origin.since} and log = ${origin.log}
     and current_setting('transaction_isolation') = 'read committed'
     and pg_try_advisory_xact_lock(${lockKey(schema)}) then
    insert into ${schema}.events (position, stream, version, type, id, once, loose, body)
    values (place, name, number, kind, key, single, false, content ||
            coalesce(recorded, floor(extract(epoch from clock_timestamp()) * 1000)::bigint) || '}')
    on conflict do nothing;
    return found;
  end if;
  return false;
end $$;`
}
