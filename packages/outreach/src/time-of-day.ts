import { withSchema } from '@ramal/core'
import * as t from 'io-ts'

const FORM = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/

/** `HH:MM` from `00:00` to `24:00`, by the clock on the wall. */
export const timeOfDay: t.Type<string, string, unknown> = withSchema(
  new t.Type<string, string, unknown>(
    'a time of day from "00:00" to "24:00"',
    (u): u is string => typeof u === 'string' && FORM.test(u),
    (u, c) => (typeof u === 'string' && FORM.test(u) ? t.success(u) : t.failure(u, c)),
    t.identity,
  ),
  { type: 'string', pattern: FORM.source },
)

/** Since midnight, in ms. */
export const msOfDay = (time: string): number =>
  (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000
