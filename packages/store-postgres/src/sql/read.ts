import { FUNCTION_SETTINGS } from './names.js'

/**
 * A page is one text, `[more, head, [event, …]]`, which costs less to send and to parse than rows do. It has at most
 * `most` events and as many as fit into `bytes`, one at least. `more` says that wanted ones may be left.
 */
const ANSWER = `return '[' || more || ',' || coalesce(head, 0) || ',[' || coalesce(events, '') || ']]';`

/** Of events `e`. By the column in which an index has the rows in their order: nothing is sorted. */
const page = (column: string, rows: string): string => `
  select string_agg(p.body, ',' order by p.place) filter (where p.fits),
         max(p.place) filter (where p.fits), count(*) >= most or not coalesce(bool_and(p.fits), true)
    into events, last, more
    from (
      select q.place, q.body,
             sum(octet_length(q.body)) over (order by q.place rows unbounded preceding)
               - octet_length(q.body) < bytes as fits
        from (select e.${column} as place, e.body from ${rows} order by e.${column} limit most) q
    ) p;`

const DECLARE = 'declare events text; last bigint; more boolean; head bigint;'

/** So many events of a stream are not weighed: most streams have no more, and a weighed page takes longer. */
const LIGHT = 32

/** The head only for a page without events: one with some tells how far it has come. */
export const readStreamFunction = (schema: string): string => `
create function ${schema}.read_stream(name text, first bigint, most bigint, bytes bigint) returns text
language plpgsql stable${FUNCTION_SETTINGS}
as $$
${DECLARE} light text;
begin
  select string_agg(q.body, ',' order by q.version), max(q.version), count(*) >= least(most, ${LIGHT})
    into light, last, more
    from (
      select e.version, e.body from ${schema}.events e
       where e.stream = name and e.version >= first order by e.version limit least(most, ${LIGHT})) q;
  if light is not null and not more then
    return '[false,0,[' || light || ']]';
  elsif light is null then
    select max(e.position) into head from ${schema}.events e;
  else
    first := last + 1;
    most := most - ${LIGHT};
    bytes := bytes - octet_length(light);
    if most > 0 and bytes > 0 then${page('version', `${schema}.events e where e.stream = name and e.version >= first`)}
    end if;
    more := exists (
      select from ${schema}.events e where e.stream = name and e.version > coalesce(last, first - 1));
  end if;
  events := concat_ws(',', light, events);
  ${ANSWER}
end $$;`

/** With a filter it looks at no more than `span` events, so that one call is short however rare the wanted ones are. */
export const readLogFunction = (schema: string): string => `
create function ${schema}.read_log(
  after bigint, span bigint, wanted text[], categories text[], most bigint, bytes bigint) returns text
language plpgsql stable${FUNCTION_SETTINGS}
as $$
${DECLARE}
begin${page(
  'position',
  `${schema}.events e
         where e.position > after and e.position <= after + span
           and (wanted is null or e.type = any (wanted))
           and (categories is null or split_part(e.stream, '-', 1) = any (categories))`,
)}
  select max(e.position) into head from ${schema}.events e;
  ${ANSWER}
end $$;`
