import type { HttpOptions } from '@ramal/channel'
import type { AriEntry } from './ari-decode.js'
import type { AriAccount } from './ari-rest.js'
import type { VoiceNumber } from './voice-number.js'

export interface AsteriskOptions extends AriAccount, Omit<HttpOptions, 'secrets'> {
  /** The adapter's id. Default `voice-asterisk`. */
  readonly id?: string
  /** Default `phone`. */
  readonly channel?: string
  readonly numbers: readonly VoiceNumber[]
  /** The Stasis application. Default `ramal`. */
  readonly app?: string
  /** The first argument that the dial plan gives with a customer's call. Default `inbound`. */
  readonly arg?: AriEntry['arg']
  /** One way to write the numbers of callers. Default: with a plus where they have seven digits or more. */
  readonly caller?: AriEntry['caller']
  /** A class of `musiconhold.conf` for those who wait. Default: Asterisk's. */
  readonly music?: string
  /** Records what customers and agents say to each other, as `wav`. Default false. */
  readonly record?: boolean
  /** The context of the dial plan in which customers who are passed on go on. Without it they cannot be. */
  readonly transferContext?: string
  /**
   * How a customer's number is dialled, as an endpoint of Asterisk, such as `PJSIP/5511987654321@trunk`; `from` is the
   * number of ours that is shown. Without it customers cannot be called.
   */
  readonly trunk?: (number: string, from: string) => string
  /** Between signs of life, in ms. Default 15,000. */
  readonly pingEvery?: number
  /** Longest pause before connecting again, in ms. Default 30,000. */
  readonly longestPause?: number
  /** Told of what heals by itself: a connection that was lost, a call that was refused. */
  readonly onTrouble?: (error: Error) => void
}
