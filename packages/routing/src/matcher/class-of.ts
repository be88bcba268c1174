import { askedOf, preferredNow } from '../eligibility.js'
import { none } from '../few.js'
import type { Policy } from '../policy/index.js'
import { ranksByContact, scoringOf } from '../rank.js'
import type { Ticket } from '../state.js'
import type { Matcher } from './matcher.js'
import { poolOf } from './pool.js'
import { rollOf } from './roll.js'
import { joinPool, rollIn } from './roster.js'
import type { TicketClass } from './shape.js'
import { ticketClass } from './ticket-class.js'

/** Facts of the ticket alone: they rule agents out whom its class would ask. */
export const isIndividual = ({ declined, offers, excluded }: Ticket): boolean =>
  declined.size > 0 || offers.size > 0 || excluded.length > 0

/** By these agents come in another order for tickets that ask for something else. */
const ALONE = new Set(['bestMatch', 'expectedResolution'])

/** A text of any texts that no others have: each says how long it is. */
const joined = (a: string, b: string, c: string): string => `${a.length} ${a}${b.length} ${b}${c}`

const namesOf = (ids: readonly string[] | undefined): string => (ids ? JSON.stringify(ids) : '-')

/** By its name; a new one where it is the first. */
const classByName = (m: Matcher, policy: Policy, ticket: Ticket): TicketClass => {
  const { state, classes, roster, byChannel, now } = m
  const { channel, step, asks, preferred } = ticket
  const queue = ticket.queue!
  const waitsFor = preferredNow(state, policy, ticket, now)
  // Whom it was given to by name may take it even when it waits for them no more.
  const direct = preferred?.direct ? preferred.agents : undefined
  // Where agents rank by what became of contacts like this one, tickets are told apart by what makes them alike.
  const alike = ranksByContact(policy, queue) ? JSON.stringify([channel, ticket.intent]) : ''
  const names = preferred ? namesOf(direct) : '-'
  const poolKey = joined(queue, asks, `${step}${names}${alike}`)
  const { cost, interruptible } = policy.channel(channel)
  const name = joined(
    byChannel ? channel : `${cost} ${interruptible}`,
    poolKey,
    preferred ? namesOf(waitsFor) : '-',
  )
  const known = classes.get(name)
  if (known) return known
  const rules = policy.queue(queue)
  const pool = joinPool(roster, poolKey, (homeOf) => {
    const asked = askedOf(policy, ticket)
    const names = [queue, ...asked.borrow].map((name) => `q/${name}`)
    const homes = [...names, ...(direct ?? []).map((id) => `a/${id}`)].map(homeOf)
    const sample: Ticket = {
      ...ticket,
      declined: none(),
      offers: none(),
      excluded: [],
      preferred: direct && preferred,
    }
    const scoring = scoringOf(rules.ranking)
    const shared = homes.length === 1 && !rules.ranking.some((name) => ALONE.has(name))
    const roll = shared ? rollIn(roster, homes[0]!, sample, scoring) : rollOf(roster, sample, scoring)
    return poolOf({ key: poolKey, sample, asked, homes, roll }, shared)
  })
  const of = ticketClass({ name, pool, queue, rules, channel, waitsFor, cost, interruptible })
  classes.set(name, of)
  return of
}

const within = <V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> => {
  let inner = map.get(key)
  if (!inner) {
    inner = new Map()
    map.set(key, inner)
  }
  return inner
}

/** The class of a ticket as it is now. */
export const classOf = (m: Matcher, policy: Policy, ticket: Ticket): TicketClass => {
  const { channel, step, asks, preferred } = ticket
  const queue = ticket.queue!
  if (step > 0 || preferred) return classByName(m, policy, ticket)
  const byQueue = within(within(m.usual, channel), asks)
  const known = byQueue.get(queue)
  if (known) return known
  const of = classByName(m, policy, ticket)
  if (!ranksByContact(policy, queue)) byQueue.set(queue, of)
  return of
}
