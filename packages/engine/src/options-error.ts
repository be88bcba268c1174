import type { ChannelAdapter } from '@ramal/channel'
import { duration, type EventStore, integer, listFaults, nonEmpty, oneOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** What is wrong with the options; nothing was started. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

/** Numbers and names among the options of an engine; each may be left out. */
const settings = t.partial({
  name: nonEmpty,
  tenant: nonEmpty,
  patience: duration,
  outbox: t.partial({ attempts: integer(1), doubtAfter: integer(1), concurrency: integer(1) }),
  media: t.partial({ concurrency: integer(1), doubtAfter: integer(1), keepFor: integer(1) }),
  calls: t.partial({
    ring: oneOf('offered', 'accepted'),
    ringFor: integer(1),
    customerRingFor: integer(1),
  }),
})

const hasFunction = (value: object | undefined, name: string): boolean =>
  typeof (value as Readonly<Record<string, unknown>> | undefined)?.[name] === 'function'

/** What a program without types may leave out, or give otherwise. @throws OptionsError */
export const checkParts = (options: {
  readonly store?: EventStore
  readonly channels?: readonly ChannelAdapter[]
  readonly media?: { readonly store: object }
}): void => {
  const { store, channels = [], media } = options
  if (typeof store?.append !== 'function')
    throw new OptionsError('There is no event store: give one as "store", such as that of sqliteStore(file).')
  if (!Array.isArray(channels) || channels.some((one) => typeof one?.decode !== 'function'))
    throw new OptionsError(
      '"channels" is no list of channel adapters: give those that channel packages make.',
    )
  accepted(
    'The options are refused',
    E.mapLeft((errors: t.Errors) => ({ faults: listFaults(errors) }))(settings.decode(options)),
  )
  const missing = media && (['put', 'get', 'delete'] as const).find((one) => !hasFunction(media.store, one))
  if (missing !== undefined)
    throw new OptionsError(`"media.store" has no ${missing}: files are put, got and deleted; see MediaStore.`)
}

/** What was checked, or what is wrong with it, a line each. @throws OptionsError */
export const accepted = <A>(
  what: string,
  checked: E.Either<{ readonly faults: readonly string[] }, A>,
): A => {
  if (E.isRight(checked)) return checked.right
  throw new OptionsError(`${what}:\n${checked.left.faults.map((fault) => `  ${fault}`).join('\n')}`)
}
