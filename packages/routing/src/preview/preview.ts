import type { ConversationEvent } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import { askedOf, heldBack, judgeAbility, preferredNow } from '../eligibility.js'
import type { Policy } from '../policy/index.js'
import { describeRequirement } from '../requirements.js'
import type { Place, Ticket } from '../state.js'
import { type DryRun, dryRun, type PreviewAgent, type PreviewFacts } from './dry-run.js'

/** What a policy makes of a ticket at a moment, as long as nobody takes it. */
export interface PreviewStep {
  /** After the ticket came, in ms. */
  readonly at: number
  /** What happened, in words. */
  readonly why: string
  /** `queued` while it may be offered; otherwise where it has gone. */
  readonly place: Place
  readonly queue: string | undefined
  /** Steps of relaxation that it has taken in its queue. */
  readonly step: number
  readonly priority: number
  readonly band: number
  /** What it asks for, in words. */
  readonly asks: readonly string[]
  /** How many agents could take it now, if they were present and had room. */
  readonly pool: number
  /** How many of them are available. */
  readonly present: number
  /** Their ids, in order. */
  readonly agents: readonly string[]
}

export interface PreviewOptions {
  /** Steps later than so many ms are left out. Default 7 days. */
  readonly horizon?: number
}

const WEEK = 7 * 86_400_000

type Of<T extends ConversationEvent['type']> = Extract<ConversationEvent, { type: T }>

const sayEscalation = ({ data }: Of<'TicketEscalated'>): string => {
  const what = [
    data.queue === undefined ? '' : `to queue "${data.queue}"`,
    data.priority === undefined ? '' : `priority ${data.priority}`,
    data.band === undefined ? '' : `band ${data.band}`,
    data.expedited ? 'before all others' : '',
    data.labels ? `labelled ${data.labels.join(', ')}` : '',
  ].filter((part) => part !== '')
  return `escalated by "${data.escalation}"${what.length > 0 ? `: ${what.join(', ')}` : ''}`
}

const say = (event: ConversationEvent): string => {
  switch (event.type) {
    case 'TicketClassified':
      return `classified by rule "${event.data.rule}" to queue "${event.data.queue}"`
    case 'TicketRelaxed':
      return event.data.reason === 'waited'
        ? `step ${event.data.step} of relaxation`
        : `step ${event.data.step} of relaxation, as nobody present could take it`
    case 'TicketEscalated':
      return sayEscalation(event)
    case 'CallbackPromised':
      return 'the customer is promised a call'
    case 'TicketParked':
      return 'parked'
    case 'TicketWoken':
      return 'wakes'
    case 'ConversationResolved':
      return `closed as "${event.data.disposition}"`
    case 'ConversationClosed':
      return 'can be reopened no more'
    default:
      return ''
  }
}

interface Standing {
  readonly agents: readonly string[]
  readonly present: number
  /** The calendar of its queue, while that is closed. */
  readonly closed?: string
  /** Whom it waits for. */
  readonly waitsFor?: string
}

const NOBODY: Standing = { agents: [], present: 0 }

const standingOf = ({ state }: DryRun, policy: Policy, ticket: Ticket, now: Instant): Standing => {
  if (ticket.place !== 'queued') return NOBODY
  // Without offers only its hours hold a queue back.
  if (heldBack(policy, ticket, now)) return { ...NOBODY, closed: policy.queue(ticket.queue!).hours }
  const preferred = preferredNow(state, policy, ticket, now)
  const able = [...state.agents.values()].filter(
    (agent) =>
      judgeAbility(policy, ticket, agent).verdict === 'ok' && (!preferred || preferred.includes(agent.id)),
  )
  return {
    agents: able.map(({ id }) => id).sort(),
    present: able.filter(({ presence }) => presence === 'available').length,
    waitsFor: preferred?.join(', '),
  }
}

/** What changed by time alone, and no event says: hours, or whom it waits for. */
const sayChange = (before: Standing, after: Standing): readonly string[] => [
  ...(before.closed !== after.closed && after.closed !== undefined ? [`"${after.closed}" is closed`] : []),
  ...(before.closed !== after.closed && before.closed !== undefined ? [`"${before.closed}" opens`] : []),
  ...(before.waitsFor !== after.waitsFor
    ? [
        after.waitsFor === undefined
          ? `waits for ${before.waitsFor} no longer`
          : `waits for ${after.waitsFor}`,
      ]
    : []),
]

/**
 * What a policy would make of a ticket that comes now, as long as nobody takes it: queue, steps, escalations, and who
 * could take it at each moment. It is executed, not estimated: the ticket is folded and decided on as routing does it,
 * alone in its queue, and without offers, so what depends on those does not show.
 * @throws TypeError when an agent or the ticket's facts are none that the log would take
 */
export const previewSteps = (
  policy: Policy,
  agents: readonly PreviewAgent[],
  facts: PreviewFacts,
  now: Instant,
  { horizon = WEEK }: PreviewOptions = {},
): readonly PreviewStep[] => {
  const run = dryRun(policy, agents, facts, now)
  const steps: PreviewStep[] = []
  let standing = NOBODY
  for (let at: Instant | undefined = now; at !== undefined && at - now <= horizon; at = run.nextAfter(at)) {
    const events = run.settle(at)
    const ticket = run.ticket()
    if (!ticket) break
    const before = standing
    standing = standingOf(run, policy, ticket, at)
    const said = events.map((event) => say(event as ConversationEvent)).filter((one) => one !== '')
    const why = [...said, ...sayChange(before, standing)].join('; ')
    if (why === '' && standing.agents.join() === before.agents.join()) continue
    steps.push({
      at: at - now,
      why,
      place: ticket.place,
      queue: ticket.queue,
      step: ticket.step,
      priority: ticket.priority,
      band: ticket.band,
      asks: askedOf(policy, ticket).requirements.map(describeRequirement),
      pool: standing.agents.length,
      present: standing.present,
      agents: standing.agents,
    })
    if (ticket.place === 'resolved') break
  }
  return steps
}
