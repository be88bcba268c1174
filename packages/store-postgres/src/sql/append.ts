import { FUNCTION_SETTINGS, lockKey } from './names.js'

/**
 * Decides and writes many appends in one call. The lock is held from before the first read until the commit is
 * visible, so positions are given in the order of commits, and whoever sees one sees all before it.
 *
 * The arrays hold a batch that the client has put in order, see `batch.ts`. A *look-up* is one stream of one
 * append, written or guarded; `want` is the version that it must have, or -1 for none, -2 for some, -3 for
 * whatever, and `size` how many events come. Of an event, `nth` is its place among those of its look-up, and `behind`
 * how many of its append come after it. A *wave* is a run of appends of which none depends on another, so
 * that each step does a whole wave at once; the first three arrays say where each wave ends.
 *
 * It answers with four arrays. For each append a verdict (0 written, 1 repeated, 2 wrong version, 3 duplicate) and
 * its detail (position, position, look-up, event); for each look-up the version before the append; for each
 * duplicate the stream where the event stands.
 */
export const appendFunction = (schema: string): string => `
create function ${schema}.append(
  recorded bigint,
  wave_appends integer[], wave_lookups integer[], wave_events integer[],
  append_of integer[], want integer[], size integer[], streams text,
  lookup_of integer[], nth integer[], behind integer[], once boolean[], ids uuid[], types text, bodies text
) returns text language plpgsql volatile${FUNCTION_SETTINGS}
  set lock_timeout = '10s'
as $$
declare
  names text[] := string_to_array(streams, E'\\n');
  kinds text[] := string_to_array(types, E'\\n');
  texts text[] := string_to_array(bodies, E'\\n');
  verdict integer[] := array_fill(0, array[wave_appends[cardinality(wave_appends)]]);
  detail bigint[] := array_fill(0::bigint, array[cardinality(verdict)]);
  places text[] := array_fill(null::text, array[cardinality(verdict)]);
  actual integer[] := '{}';
  standing integer[];
  head bigint;
  base bigint;
  keyed boolean;
  l1 integer := 1; l2 integer;
  e1 integer := 1; e2 integer;
  a integer;
  suspects integer[];
  hit record;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using errcode = 'RA001', message = current_setting('transaction_isolation');
  end if;
  perform pg_advisory_xact_lock(${lockKey(schema)});
  -- Each statement from here on has a snapshot of its own, taken after the lock.
  select coalesce(max(e.position), 0) into head from ${schema}.events e;
  recorded := coalesce(recorded, floor(extract(epoch from clock_timestamp()) * 1000)::bigint);

  for wave in 1 .. cardinality(wave_appends) loop
    l2 := wave_lookups[wave];
    e2 := wave_events[wave];
    suspects := '{}';

    -- A function in FROM gives its rows in their order.
    standing := array(
      select coalesce(
        (select e.version from ${schema}.events e where e.stream = l.name order by e.version desc limit 1), -1)
      from unnest(names[l1:l2]) l(name));
    actual := actual || standing;
    for l in l1 .. l2 loop
      if not (case want[l] when -3 then true when -2 then actual[l] >= 0 else actual[l] = want[l] end) then
        a := append_of[l];
        if verdict[a] = 0 then
          verdict[a] := 2;
          detail[a] := l;
          suspects := suspects || a;
        end if;
      end if;
    end loop;

    keyed := true = any (once[e1:e2]) or -3 = any (want[l1:l2]) or -2 = any (want[l1:l2]);
    if keyed then for hit in
      select e.i + e1 - 1 as event, append_of[e.lookup] as append, x.stream as place
        from unnest(lookup_of[e1:e2], once[e1:e2], ids[e1:e2]) with ordinality e(lookup, once, id, i)
        join ${schema}.events x on x.id = e.id and x.once
       where e.once
      union all
      select e.i + e1 - 1, append_of[e.lookup], x.stream
        from unnest(lookup_of[e1:e2], ids[e1:e2]) with ordinality e(lookup, id, i)
        join ${schema}.events x on x.id = e.id and x.stream = names[e.lookup] and x.loose
       where want[e.lookup] <= -2
      order by 1
    loop
      if verdict[hit.append] = 0 then
        verdict[hit.append] := 3;
        detail[hit.append] := hit.event;
        places[hit.append] := hit.place;
        suspects := suspects || hit.append;
      end if;
    end loop; end if;

    -- What looks like a conflict is a success when these very events stand where they were to stand.
    foreach a in array suspects loop
      select count(*) > 0 and count(*) = count(x.position) as repeated, max(x.position) as position,
             array_agg(e.lookup) filter (where e.nth = 0) as lookups,
             array_agg(x.version) filter (where e.nth = 0) as firsts
        into hit
        from unnest(lookup_of[e1:e2], nth[e1:e2], ids[e1:e2]) with ordinality e(lookup, nth, id, i)
        left join lateral (
          select y.position, y.version from ${schema}.events y
           where y.stream = names[e.lookup] and y.id = e.id
             and y.version = e.nth + case when want[e.lookup] >= -1 then want[e.lookup] + 1 else (
                   select min(z.version) from ${schema}.events z
                    where z.loose and z.id = ids[e1 + e.i::integer - 1 - e.nth]
                      and z.stream = names[e.lookup]) end
        ) x on true
       where append_of[e.lookup] = a;
      if hit.repeated then
        verdict[a] := 1;
        detail[a] := hit.position;
        places[a] := null;
        for i in 1 .. cardinality(hit.lookups) loop
          actual[hit.lookups[i]] := hit.firsts[i] - 1;
        end loop;
      end if;
    end loop;

    base := head;
    for l in l1 .. l2 loop
      if verdict[append_of[l]] = 0 then
        head := head + size[l];
        detail[append_of[l]] := head;
      end if;
    end loop;
    if head > base then
      insert into ${schema}.events (position, stream, version, type, id, once, loose, body)
      select n.position, n.stream, n.version, n.type, n.id, n.once, n.loose,
             n.body || ',"version":' || n.version || ',"position":"' || lpad(n.position::text, 16, '0') ||
             '","recordedAt":' || recorded || '}'
        from (
          select detail[append_of[e.lookup]] - e.behind as position, names[e.lookup] as stream,
                 actual[e.lookup] + 1 + e.nth as version, e.type, e.id, e.once,
                 want[e.lookup] <= -2 as loose, e.body
            from unnest(lookup_of[e1:e2], nth[e1:e2], behind[e1:e2], once[e1:e2], ids[e1:e2], kinds[e1:e2],
                        texts[e1:e2]) e(lookup, nth, behind, once, id, type, body)
           where verdict[append_of[e.lookup]] = 0
        ) n;
    end if;
    l1 := l2 + 1;
    e1 := e2 + 1;
  end loop;
  return json_build_array(verdict, detail, actual, array_remove(places, null));
end $$;`
