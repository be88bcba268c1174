import type { FaultClass, SendFault } from '@ramal/channel'
import type { GraphError } from '@ramal/channel-meta'

const byClass: Readonly<Record<Exclude<FaultClass, 'uncertain'>, readonly number[]>> = {
  retry: [1, 2, 4, 2494100, 80007, 130429, 131000, 131016, 131056, 131057, 133004, 135000],
  window: [131047],
  wait: [131049, 130472, 131048, 131064],
  recipient: [131026, 131030, 131021, 131062, 137000],
  consent: [131050],
  content: [
    ...[100, 131008, 131009, 131051, 131052, 131053, 131063],
    ...[132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069],
  ],
  channel: [
    ...[0, 3, 10, 33, 190, 368, 130497, 131005, 131031, 131037, 131042, 131044, 131045],
    ...[133005, 133006, 133008, 133010, 133016, 134011],
  ],
}

const classes = new Map<number, FaultClass>(
  Object.entries(byClass).flatMap(([name, codes]) => codes.map((code) => [code, name as FaultClass])),
)

const DAY = 86_400_000

/** What people can stop in WhatsApp itself, so what an error of class `consent` is about. */
export const STOPPED = 'marketing' as const

/**
 * What to do about an error of the Cloud API, by its code. Source: Meta's list of error codes (May 2026) and
 * pywa's (November 2026). Codes that are not listed say nothing; the HTTP status then decides.
 */
export const classify = ({ code }: GraphError): FaultClass | undefined => {
  const known = classes.get(code)
  if (known) return known
  if (code >= 200 && code <= 299) return 'channel'
  if (code >= 138000 && code <= 138018) return 'recipient'
  return undefined
}

/** A fault with what WhatsApp does not send along: how long to wait, and what it is that was stopped. */
export const withPause = (fault: SendFault): SendFault => {
  if (fault.retryAfter !== undefined) return fault
  if (fault.code === '131056') return { ...fault, retryAfter: 6_000 }
  if (fault.class === 'consent') return { ...fault, purpose: STOPPED }
  if (fault.class === 'wait') return { ...fault, retryAfter: DAY }
  return fault
}

/** What to hold back after a fault: WhatsApp counts per number, and per number and person. */
export const holdsOf = (
  fault: SendFault,
): { readonly what: 'pair' | 'endpoint'; readonly ms: number } | undefined => {
  if (fault.code === '131056') return { what: 'pair', ms: fault.retryAfter ?? 6_000 }
  if (fault.code === '130429' || fault.code === '80007' || fault.code === 'http 429')
    return { what: 'endpoint', ms: fault.retryAfter ?? 1_000 }
  return undefined
}
