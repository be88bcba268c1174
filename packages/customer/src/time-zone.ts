import { withSchema } from '@ramal/core'
import * as t from 'io-ts'

/** Whether the platform knows a time zone of this name, such as `America/Sao_Paulo`. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== ''
  } catch {
    return false
  }
}

export const timeZone: t.Type<string, string, unknown> = withSchema(
  new t.Type<string, string, unknown>(
    'the name of a time zone, such as "America/Sao_Paulo"',
    (u): u is string => typeof u === 'string' && isTimeZone(u),
    (u, c) => (typeof u === 'string' && isTimeZone(u) ? t.success(u) : t.failure(u, c)),
    t.identity,
  ),
  { type: 'string', minLength: 1 },
)
