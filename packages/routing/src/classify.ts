import type { ConversationEvent } from '@ramal/conversation'
import { type Instant, random } from '@ramal/core'
import type { Condition, Policy, Rule } from './policy/index.js'
import type { RoutingState, Ticket } from './state.js'

/** What conditions look at. */
export type TicketFacts = Pick<
  Ticket,
  'id' | 'channel' | 'endpoint' | 'language' | 'intent' | 'segment' | 'labels'
>

type Wanted = string | readonly string[] | undefined

const isOne = (wanted: Wanted, found: string | undefined): boolean =>
  wanted === undefined ||
  (found !== undefined && (typeof wanted === 'string' ? wanted === found : wanted.includes(found)))

const hasOne = (wanted: Wanted, found: readonly string[]): boolean =>
  wanted === undefined || (typeof wanted === 'string' ? [wanted] : wanted).some((one) => found.includes(one))

/** Whether a condition holds for a ticket at a moment. */
export const conditionHolds = (
  policy: Policy,
  condition: Condition,
  ticket: TicketFacts,
  now: Instant,
): boolean => {
  if ('all' in condition) return condition.all.every((one) => conditionHolds(policy, one, ticket, now))
  if ('any' in condition) return condition.any.some((one) => conditionHolds(policy, one, ticket, now))
  if ('not' in condition) return !conditionHolds(policy, condition.not, ticket, now)
  const { hours } = condition
  return (
    isOne(condition.channel, ticket.channel) &&
    isOne(condition.endpoint, ticket.endpoint) &&
    isOne(condition.language, ticket.language) &&
    isOne(condition.intent, ticket.intent) &&
    isOne(condition.segment, ticket.segment) &&
    hasOne(condition.label, ticket.labels) &&
    (hours === undefined || policy.isOpen(hours.calendar, now) === (hours.is === 'open'))
  )
}

/** The first rule of a policy that holds for a ticket. A checked policy has one for every ticket. */
export const ruleFor = (
  policy: Policy,
  ticket: TicketFacts,
  now: Instant,
): { readonly rule: Rule; readonly index: number; readonly name: string } | undefined => {
  const index = policy.rules.findIndex((rule) => conditionHolds(policy, rule.when ?? {}, ticket, now))
  if (index < 0) return undefined
  const rule = policy.rules[index]!
  return { rule, index, name: rule.name ?? `classification[${index}]` }
}

/** Which of several queues a ticket goes to: by their weights, and always the same for one ticket. */
const allocate = (policy: Policy, { queue }: Rule, id: string): string => {
  if (typeof queue === 'string') return queue
  const sum = queue.reduce((total, { weight }) => total + weight, 0)
  let draw = random(`${policy.seed}/allocate/${id}`).below(sum)
  for (const one of queue) {
    if (draw < one.weight) return one.queue
    draw -= one.weight
  }
  return queue[0]!.queue
}

export type Classified = Extract<ConversationEvent, { type: 'TicketClassified' }>['data']

const named = (
  agents: 'last' | readonly string[] | undefined,
  last: string | undefined,
): readonly string[] => {
  if (agents === 'last') return last === undefined ? [] : [last]
  return agents ?? []
}

/** How a policy classifies a ticket now. */
export const classify = (
  { lastAgents }: Pick<RoutingState, 'lastAgents'>,
  policy: Policy,
  ticket: Ticket,
  now: Instant,
): Classified | undefined => {
  const found = ruleFor(policy, ticket, now)
  if (!found) return undefined
  const { rule, name } = found
  const last = ticket.lastAgent ?? lastAgents.get(ticket.customer)
  const preferred = named(rule.prefer?.agents, last)
  const reopened = ticket.lastAgent !== undefined && policy.reopenPrefersLastFor > 0
  const prefer = reopened
    ? { agents: [ticket.lastAgent!], for: policy.reopenPrefersLastFor }
    : preferred.length > 0
      ? { agents: preferred, for: rule.prefer!.for }
      : undefined
  const excluded = [...new Set([...ticket.byHand.excluded, ...named(rule.exclude, last)])]
  return {
    queue: allocate(policy, rule, ticket.id),
    priority: rule.priority ?? 0,
    requirements: rule.requirements ?? [],
    labels: [...new Set([...ticket.labels, ...(rule.labels ?? [])])],
    policy: policy.hash,
    rule: name,
    intent: ticket.intent,
    language: ticket.language,
    since: ticket.since,
    band: rule.band,
    expedited: ticket.byHand.expedited ? true : rule.expedite,
    prefer,
    excluded: excluded.length > 0 ? excluded : undefined,
  }
}
