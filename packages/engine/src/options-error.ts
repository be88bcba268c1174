import type { ChannelAdapter } from '@ramal/channel'
import type { EventStore } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'

/** What is wrong with the options; nothing was started. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

/** What a program without types may leave out, or give otherwise. @throws OptionsError */
export const checkParts = ({
  store,
  channels = [],
}: {
  readonly store?: EventStore
  readonly channels?: readonly ChannelAdapter[]
}): void => {
  if (typeof store?.append !== 'function')
    throw new OptionsError('There is no event store: give one as "store", such as that of sqliteStore(file).')
  if (!Array.isArray(channels) || channels.some((one) => typeof one?.decode !== 'function'))
    throw new OptionsError(
      '"channels" is no list of channel adapters: give those that channel packages make.',
    )
}

/** What was checked, or what is wrong with it, a line each. @throws OptionsError */
export const accepted = <A>(
  what: string,
  checked: E.Either<{ readonly faults: readonly string[] }, A>,
): A => {
  if (E.isRight(checked)) return checked.right
  throw new OptionsError(`${what}:\n${checked.left.faults.map((fault) => `  ${fault}`).join('\n')}`)
}
