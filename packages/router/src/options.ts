import { describeFaults, duration, integer, nonEmpty, record } from '@ramal/core'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** Something made elsewhere, known by what it can do. */
const withMethod = (name: string, method: string): t.Type<unknown> => {
  const is = (u: unknown): u is unknown =>
    typeof u === 'object' && u !== null && typeof Reflect.get(u, method) === 'function'
  return new t.Type(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity)
}

export const routerOptions = record(
  { store: withMethod('an event store', 'append'), clock: withMethod('a clock', 'now'), router: nonEmpty },
  { domain: nonEmpty, tenant: nonEmpty, patience: duration, most: integer(1) },
)

export const reportOptions = record({}, { domain: nonEmpty, most: integer(1) })

/** A program without types may give anything; what is left out or undefined has its default. @throws RangeError */
export const checkOptions = (to: string, codec: t.Mixed, options: unknown): void => {
  const checked = codec.decode(options)
  if (isLeft(checked))
    throw new RangeError(`The options of ${to} are refused: ${describeFaults(checked.left)}.`)
}
