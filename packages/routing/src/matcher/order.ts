import type { Policy } from '../policy/index.js'
import { compareRanked } from '../rank.js'
import type { Ticket } from '../state.js'
import type { Asks, Candidate, Home, Member, Order } from './shape.js'

const CLASS_ALONE = new Set(['bestMatch', 'expectedResolution'])

/** Whether agents come in one order for all tickets of a queue. */
export const hasOneOrder = (policy: Policy, queue: string): boolean =>
  !policy.queue(queue).ranking.some((name) => CLASS_ALONE.has(name))

export const isCurrent = ({ member, stamp }: Candidate): boolean => member.stamp === stamp && !member.shut

const compact = (order: Order): void => {
  order.items = order.items.filter(isCurrent)
  order.start = 0
}

const SLACK = 64

/** Where in the order a candidate belongs: most who change go to its end. */
const placeFor = ({ items, start }: Order, candidate: Candidate): number => {
  let low = start
  let high = items.length
  if (high > low && compareRanked(items[high - 1]!, candidate) < 0) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareRanked(items[middle]!, candidate) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** A member has changed: they stand elsewhere in the order. Where nobody asked for it for long, it is given up. */
export const place = (home: Home, member: Member, rate: Asks['rate']): void => {
  const { order } = home
  if (!order || member.shut) return
  const { size } = home.members
  if (++order.idle > 2 * size + SLACK) {
    home.order = undefined
    return
  }
  if (order.items.length - order.start > 2 * size + SLACK) compact(order)
  const candidate = rate(order.sample, member)
  order.items.splice(placeFor(order, candidate), 0, candidate)
}

/** The members of a queue who are not shut, best first. */
export const orderOf = (home: Home, sample: Ticket, rate: Asks['rate']): Order => {
  if (!home.order) {
    const items: Candidate[] = []
    for (const member of home.members) if (!member.shut) items.push(rate(sample, member))
    home.order = { sample, items: items.sort(compareRanked), start: 0, idle: 0 }
  }
  const { order } = home
  order.idle = 0
  while (order.start < order.items.length && !isCurrent(order.items[order.start]!)) order.start++
  if (order.start > SLACK && order.start > order.items.length >> 1) compact(order)
  return order
}
