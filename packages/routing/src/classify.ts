import type { Policy, Rule } from './policy.js'
import type { Ticket } from './state.js'

const holds = (wanted: string | readonly string[] | undefined, found: string | undefined): boolean =>
  wanted === undefined ||
  (found !== undefined && (typeof wanted === 'string' ? wanted === found : wanted.includes(found)))

export const ruleHolds = (
  { when = {} }: Rule,
  ticket: Pick<Ticket, 'channel' | 'endpoint' | 'language' | 'intent'>,
): boolean =>
  holds(when.channel, ticket.channel) &&
  holds(when.endpoint, ticket.endpoint) &&
  holds(when.language, ticket.language) &&
  holds(when.intent, ticket.intent)

/** The first rule of a policy that holds for a ticket. A checked policy has one for every ticket. */
export const ruleFor = (
  policy: Policy,
  ticket: Pick<Ticket, 'channel' | 'endpoint' | 'language' | 'intent'>,
): { readonly rule: Rule; readonly index: number } | undefined => {
  const index = policy.rules.findIndex((rule) => ruleHolds(rule, ticket))
  return index < 0 ? undefined : { rule: policy.rules[index]!, index }
}
