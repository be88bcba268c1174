import { originOf } from './append-next.js'
import { FUNCTION_SETTINGS, lockKey } from './names.js'

/**
 * Decides and writes an append of one event that touches no other stream, as most are, for a third of the price of
 * `append`. Whatever is more than to write it, a conflict or a retry, it leaves to that function, under the same lock.
 * Of what it wrote it also says by what to know the log again, see `append-next.ts`.
 */
export const appendOneFunction = (schema: string): string => {
  const origin = originOf(schema)
  return `
create function ${schema}.append_one(
  recorded bigint, name text, want integer, single boolean, key uuid, kind text, content text
) returns text language plpgsql volatile${FUNCTION_SETTINGS}
  set lock_timeout = '10s'
as $$
declare
  head bigint;
  actual integer;
  free boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using errcode = 'RA001', message = current_setting('transaction_isolation');
  end if;
  perform pg_advisory_xact_lock(${lockKey(schema)});
  -- Each statement from here on has a snapshot of its own, taken after the lock.
  select coalesce(max(e.position), 0) into head from ${schema}.events e;
  select e.version into actual from ${schema}.events e where e.stream = name order by e.version desc limit 1;
  actual := coalesce(actual, -1);
  free := case want when -3 then true when -2 then actual >= 0 else actual = want end;
  if free and single then
    free := not exists (select from ${schema}.events e where e.id = key and e.once);
  end if;
  if free and want <= -2 then
    free := not exists (select from ${schema}.events e where e.id = key and e.stream = name and e.loose);
  end if;
  if not free then
    return ${schema}.append(recorded, '{1}', '{1}', '{1}', '{1}', array[want], '{1}', name,
                            '{1}', '{0}', '{0}', array[single], array[key], kind, content);
  end if;
  head := head + 1;
  actual := actual + 1;
  recorded := coalesce(recorded, floor(extract(epoch from clock_timestamp()) * 1000)::bigint);
  content := content || ',"version":' || actual || ',"position":"' || lpad(head::text, 16, '0') ||
             '","recordedAt":' || recorded || '}';
  insert into ${schema}.events (position, stream, version, type, id, once, loose, body)
  values (head, name, actual, kind, key, single, want <= -2, content);
  return '[[0],[' || head || '],[' || actual - 1 || '],[],[' ||
         ${origin.process} || ',' || ${origin.since} || ',' || ${origin.log} || ']]';
end $$;`
}
