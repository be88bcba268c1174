import type { OutboundMessage } from '@ramal/channel'
import type { Instant } from '@ramal/core'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

/**
 * How long a provider may try, in its own unit and within what it takes; undefined where nothing was said. Never
 * rounded up to more than the message is of use, but where the provider takes no less.
 */
const within = (
  { validFor }: OutboundMessage,
  unit: number,
  [least, most]: readonly [number, number],
): number | undefined =>
  validFor === undefined ? undefined : Math.min(most, Math.max(least, Math.floor(validFor / unit)))

/** `ValidityPeriod`, in seconds. Source: Twilio, Message resource; error 90007. */
export const twilioValidity = (message: OutboundMessage): number | undefined =>
  within(message, SECOND, [1, 36_000])

/** `ttl`, in ms. Source: Vonage, SMS API. */
export const vonageValidity = (message: OutboundMessage): number | undefined =>
  within(message, 1, [20_000, 7 * DAY])

/** `validity`, in seconds. Source: MessageBird, SMS API. */
export const messageBirdValidity = (message: OutboundMessage): number | undefined =>
  within(message, SECOND, [1, (7 * DAY) / SECOND])

/** `validityPeriod`, in minutes, of at most 48 hours. Source: Infobip, SMS API v2. */
export const infobipValidity = (message: OutboundMessage): number | undefined =>
  within(message, MINUTE, [1, 2880])

/** `expiration`, as a moment of RFC 3339. Source: Bandwidth, Messaging API v2. Not for files. */
export const bandwidthExpiration = ({ validFor }: OutboundMessage, now: Instant): string | undefined =>
  validFor === undefined ? undefined : new Date(now + Math.min(validFor, 28 * DAY)).toISOString()

/** `validity` of Kannel, `validity-period` of Jasmin, in minutes. Source: their user guides. */
export const gatewayValidity = (message: OutboundMessage): number | undefined =>
  within(message, MINUTE, [1, (28 * DAY) / MINUTE])

const two = (n: number): string => String(n).padStart(2, '0')

/** `validity_period`, relative: `YYMMDDhhmmss000R`. Source: SMPP 3.4, 7.1.1.2. */
export const smppValidity = (message: OutboundMessage): string | undefined => {
  const seconds = within(message, SECOND, [1, (28 * DAY) / SECOND])
  if (seconds === undefined) return undefined
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400]
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join('')
  return `0000${two(days)}${time}000R`
}
