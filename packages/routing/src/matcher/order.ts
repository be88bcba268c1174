import { compareRanked } from '../rank.js'
import { setOrder } from './pool.js'
import { type Candidate, type Member, nextRound, type Order, type Pool, type Rate } from './shape.js'

export const isCurrent = ({ member, stamp }: Candidate): boolean => member.stamp === stamp && !member.shut

const SLACK = 64

/** A member has changed: they stand elsewhere in the orders. Where nobody asked for one for long, it is given up. */
export const place = (pool: Pool, member: Member, pass: number): void => {
  const { order, hotOrder } = pool
  if (hotOrder && pool.pass === pass) hotOrder.changed.push(member)
  if (order && order.changed.push(member) > 2 * pool.able.size + SLACK) setOrder(pool, undefined)
}

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

/** Takes some in, who are in order among themselves. */
const merge = (order: Order, came: readonly Candidate[]): void => {
  if (came.length === 0) return
  const { items } = order
  const at = placeFor(order, came[0]!)
  const after = at < items.length ? items.splice(at) : []
  let i = 0
  for (const one of after) {
    while (i < came.length && compareRanked(came[i]!, one) < 0) items.push(came[i++]!)
    items.push(one)
  }
  while (i < came.length) items.push(came[i++]!)
}

/** Of some who are in the pool, or were, those who are not shut. */
const ratedOf = (members: Iterable<Member>, { sample, able }: Pool, rate: Rate): Candidate[] => {
  const found: Candidate[] = []
  const round = nextRound()
  for (const member of members) {
    if (member.shut || member.mark === round || !able.has(member)) continue
    member.mark = round
    found.push(rate(sample, member))
  }
  return found
}

/** The same without those who have changed since. */
const tidy = (order: Order): void => {
  order.items = order.items.slice(order.start).filter(isCurrent)
  order.start = 0
}

/** Brings an order up to date: who has changed is in their place, and at the start is somebody who is what they were. */
const settle = (order: Order, pool: Pool, rate: Rate): Order => {
  const { changed, items } = order
  if (changed.length > 0) {
    merge(order, ratedOf(changed, pool, rate).sort(compareRanked))
    order.changed = []
  }
  while (order.start < items.length && !isCurrent(items[order.start]!)) order.start++
  if (order.start > SLACK && order.start > items.length >> 1)
    order.start -= items.splice(0, order.start).length
  if (items.length - order.start > 2 * pool.able.size + SLACK) tidy(order)
  return order
}

const inOrder = (members: Iterable<Member>, pool: Pool, rate: Rate): Order => ({
  items: ratedOf(members, pool, rate).sort(compareRanked),
  start: 0,
  changed: [],
})

/** All of a pool who are not shut. */
export const orderOf = (pool: Pool, rate: Rate): Order => {
  if (!pool.order) setOrder(pool, inOrder(pool.able, pool, rate))
  return settle(pool.order!, pool, rate)
}

/** Those who have changed and have room. */
export const hotOrderOf = (pool: Pool, rate: Rate): Order => {
  pool.hotOrder ??= inOrder(pool.hot, pool, rate)
  return settle(pool.hotOrder, pool, rate)
}
