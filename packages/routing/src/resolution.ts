import type { ResolutionEstimated } from './policy-events.js'
import type { Estimates, Ticket } from './state.js'

const keyOf = (agent: string, intent: string | undefined, channel: string | undefined): string =>
  JSON.stringify([agent, intent ?? null, channel ?? null])

export const estimatesFrom = ({ version, prior, estimates }: ResolutionEstimated): Estimates => ({
  version,
  prior,
  of: new Map(
    estimates.map(({ agent, intent, channel, permille }) => [keyOf(agent, intent, channel), permille]),
  ),
})

/**
 * The chance that an agent resolves a ticket at the first contact, in thousandths: by the narrowest estimate that
 * there is, of intent and channel, of intent, of channel, of the agent, of everybody.
 */
export const expectedResolution = (
  estimates: Estimates | undefined,
  agent: string,
  { intent, channel }: Pick<Ticket, 'intent' | 'channel'>,
): number => {
  if (!estimates) return 0
  const { of, prior } = estimates
  return (
    of.get(keyOf(agent, intent, channel)) ??
    of.get(keyOf(agent, intent, undefined)) ??
    of.get(keyOf(agent, undefined, channel)) ??
    of.get(keyOf(agent, undefined, undefined)) ??
    prior
  )
}

export interface Counted {
  readonly agent: string
  readonly intent?: string
  readonly channel?: string
  readonly resolved: number
  readonly contacts: number
}

/**
 * Estimates from counts, drawn towards the mean of all as if everybody had `weight` more contacts of the mean:
 * who has few is hardly told apart, who has many is judged by their own.
 * @throws RangeError for a weight that is no number from 0
 */
export const shrink = (version: string, counts: readonly Counted[], weight = 20): ResolutionEstimated => {
  if (!(Number.isFinite(weight) && weight >= 0))
    throw new RangeError(`weight: expected a number from 0, found ${weight}; it counts as so many contacts.`)
  const sum = (of: 'resolved' | 'contacts') => counts.reduce((total, one) => total + one[of], 0)
  const contacts = sum('contacts')
  const resolved = sum('resolved')
  const prior = contacts === 0 ? 0 : Math.round((1000 * resolved) / contacts)
  return {
    version,
    prior,
    estimates: counts.map(({ agent, intent, channel, ...own }) => ({
      agent,
      intent,
      channel,
      permille:
        own.contacts + weight === 0
          ? prior
          : Math.round((1000 * own.resolved + weight * prior) / (own.contacts + weight)),
    })),
  }
}
