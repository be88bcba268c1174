import { FUNCTION_SETTINGS } from './names.js'

/**
 * A page comes as one text, the bodies with commas between, which costs less to send and to parse than rows do. It
 * has at most `most` events and as many as fit into `bytes`, one at least. `more` says that wanted ones may be left.
 */
const page = (rows: string): string => `
  select string_agg(p.body, ',' order by p.position) filter (where p.fits), max(p.position) filter (where p.fits),
         count(*) >= most or not coalesce(bool_and(p.fits), true)
    into events, last, more
    from (
      select q.position, q.body,
             sum(octet_length(q.body)) over (order by q.position rows unbounded preceding)
               - octet_length(q.body) < bytes as fits
        from (${rows} limit most) q
    ) p;`

const OUT = 'out events text, out last bigint, out more boolean, out head bigint'

export const readStreamFunction = (schema: string): string => `
create function ${schema}.read_stream(name text, first bigint, most bigint, bytes bigint, ${OUT})
language plpgsql stable${FUNCTION_SETTINGS}
as $$
begin${page(`
        select e.position, e.body from ${schema}.events e
         where e.stream = name and e.version >= first order by e.version`)}
  if last is null then select max(e.position) into head from ${schema}.events e; end if;
  if more then
    more := exists (
      select from ${schema}.events e where e.stream = name and e.version >= first and e.position > coalesce(last, 0));
  end if;
end $$;`

/** With a filter it looks at no more than `span` events, so that one call is short however rare the wanted ones are. */
export const readLogFunction = (schema: string): string => `
create function ${schema}.read_log(
  after bigint, span bigint, wanted text[], categories text[], most bigint, bytes bigint, ${OUT})
language plpgsql stable${FUNCTION_SETTINGS}
as $$
begin${page(`
        select e.position, e.body from ${schema}.events e
         where e.position > after and e.position <= after + span
           and (wanted is null or e.type = any (wanted))
           and (categories is null or split_part(e.stream, '-', 1) = any (categories))
         order by e.position`)}
  select max(e.position) into head from ${schema}.events e;
end $$;`
