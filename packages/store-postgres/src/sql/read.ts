import { FUNCTION_SETTINGS } from './names.js'

/**
 * A page comes as one text, the bodies with commas between, which costs less to send and to parse than rows do. It
 * ends after `most` events or `bytes`, with one event at least. `more` says that wanted ones were left.
 */
const page = (rows: string): string => `
  select string_agg(p.body, ',' order by p.position) filter (where p.fits),
         count(*) filter (where p.fits), max(p.position) filter (where p.fits), count(*) > count(*) filter (where p.fits)
    into events, taken, last, more
    from (
      select q.position, q.body, row_number() over w <= most and
             sum(octet_length(q.body)) over w - octet_length(q.body) < bytes as fits
        from (${rows}) q
      window w as (order by q.position rows unbounded preceding)
    ) p;`

const OUT = 'out events text, out taken bigint, out last bigint, out more boolean, out head bigint'

export const readStreamFunction = (schema: string): string => `
create function ${schema}.read_stream(name text, first bigint, most bigint, bytes bigint, ${OUT})
language plpgsql stable${FUNCTION_SETTINGS}
as $$
begin${page(`
        select e.position, e.body from ${schema}.events e
         where e.stream = name and e.version >= first order by e.version limit most + 1`)}
  select max(e.position) into head from ${schema}.events e;
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
         order by e.position limit most + 1`)}
  select max(e.position) into head from ${schema}.events e;
end $$;`
