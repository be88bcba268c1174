import { compareRanked, type Ranked } from '../rank.js'
import type { AgentState } from '../state.js'
import { AGENT, FACTS, type Member, type Order, type Roll, SCORES, SEAT, STAMP, STAMPED } from './shape.js'

/** How a member ranks: integers compared one after the other, higher first. */
export type ScoreOf = (roll: Roll, member: Member) => readonly number[]

const SLACK = 64

const isCurrent = ({ roster: { facts } }: Roll, { rows, width }: Order, i: number): boolean =>
  facts[FACTS * rows[width * i + AGENT]! + STAMP] === rows[width * i + STAMPED]

/** Only those whose place is theirs still, with room for as many again. */
const tidy = (roll: Roll, order: Order): void => {
  const { rows, width, start, end } = order
  let kept = 0
  for (let i = start; i < end; i++) {
    if (!isCurrent(roll, order, i)) continue
    for (let k = 0; k < width; k++) rows[width * kept + k] = rows[width * i + k]!
    kept++
  }
  order.start = 0
  order.end = kept
  const most = width * (2 * kept + 8)
  if (most <= rows.length) return
  order.rows = new Float64Array(most)
  order.rows.set(rows.subarray(0, width * kept))
}

/** Whether a member with these scores goes before whoever has the place; by id where scores are equal. */
const goesBefore = (
  { roster: { ids }, scoring }: Roll,
  { rows, width }: Order,
  i: number,
  member: Member,
  score: readonly number[],
): boolean => {
  for (let k = 0; k < scoring.length; k++) {
    const difference = score[k]! - rows[width * i + SCORES + k]!
    if (difference !== 0) return difference > 0
  }
  return member.agent.id < ids[rows[width * i + AGENT]!]!
}

/** The first place before which they go, looked for from the end: most who change go there, or near. */
const placeFor = (roll: Roll, order: Order, member: Member, score: readonly number[]): number => {
  const { start } = order
  let low = start
  let high = order.end
  for (let step = 1; high - step >= start; step *= 2) {
    if (!goesBefore(roll, order, high - step, member, score)) {
      low = high - step + 1
      break
    }
    high -= step
  }
  while (low < high) {
    const middle = (low + high) >> 1
    if (goesBefore(roll, order, middle, member, score)) high = middle
    else low = middle + 1
  }
  return low
}

const write = (
  { roster: { facts } }: Roll,
  { rows, width }: Order,
  i: number,
  { seat, agent: { at } }: { readonly seat: number; readonly agent: { readonly at: number } },
  score: readonly number[],
): void => {
  const row = width * i
  rows[row + SEAT] = seat
  rows[row + AGENT] = at
  rows[row + STAMPED] = facts[FACTS * at + STAMP]!
  for (let k = 0; k < score.length; k++) rows[row + SCORES + k] = score[k]!
}

const insert = (roll: Roll, order: Order, seat: number, member: Member, score: readonly number[]): void => {
  if (order.width * order.end === order.rows.length) tidy(roll, order)
  const { rows, width } = order
  const i = placeFor(roll, order, member, score)
  if (i < order.end) rows.copyWithin(width * (i + 1), width * i, width * order.end)
  write(roll, order, i, { seat, agent: member.agent }, score)
  order.end++
}

/** Somebody who is not shut has changed: they stand elsewhere. Where nobody asked for long, the order is given up. */
export const place = (roll: Roll, seat: number, member: Member, scoreOf: ScoreOf): void => {
  const { order, members } = roll
  if (!order) return
  if (++order.idle <= 2 * members.length + SLACK)
    return insert(roll, order, seat, member, scoreOf(roll, member))
  roll.order = undefined
}

const makeOrder = (roll: Roll, scoreOf: ScoreOf): Order => {
  const nobodys = new Set(roll.free)
  const found: (Ranked & { readonly seat: number; readonly agent: AgentState })[] = []
  for (const [seat, member] of roll.members.entries())
    if (!member.shut && !nobodys.has(seat))
      found.push({ id: member.agent.id, agent: member.agent, score: scoreOf(roll, member), seat })
  found.sort(compareRanked)
  const width = SCORES + roll.scoring.length
  const order: Order = {
    rows: new Float64Array(width * (2 * found.length + 8)),
    width,
    start: 0,
    end: found.length,
    idle: 0,
  }
  for (const [i, one] of found.entries()) write(roll, order, i, one, one.score)
  return order
}

/** All who are on a roll and not shut. At the start is somebody whose place is theirs still. */
export const orderOf = (roll: Roll, scoreOf: ScoreOf): Order => {
  roll.order ??= makeOrder(roll, scoreOf)
  const { order } = roll
  order.idle = 0
  while (order.start < order.end && !isCurrent(roll, order, order.start)) order.start++
  return order
}

/** How whoever has a place ranks. */
export const scoreAt = ({ rows, width }: Order, i: number): readonly number[] => {
  // As long as it will be: one that grows takes room for many more.
  const score = new Array<number>(width - SCORES)
  for (let k = 0; k < score.length; k++) score[k] = rows[width * i + SCORES + k]!
  return score
}
