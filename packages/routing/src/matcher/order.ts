import { compareRanked, type Ranked } from '../rank.js'
import { FACTS, type Member, type Order, type Roll, STAMP } from './shape.js'

/** How a member ranks: integers compared one after the other, higher first. */
export type ScoreOf = (roll: Roll, member: Member) => readonly number[]

const SLACK = 64

export const isCurrent = ({ facts }: Roll, places: Int32Array, i: number): boolean =>
  facts[FACTS * places[2 * i]! + STAMP] === places[2 * i + 1]

/** Of those who have left nothing is told any more. */
const free = (roll: Roll): void => {
  for (const at of roll.left) roll.free.push(at)
  roll.left = []
}

/** Only those whose place is theirs still, with room for as many again. */
const tidy = (roll: Roll, order: Order): void => {
  const width = roll.scoring.length
  const { places, scores } = order
  let kept = 0
  for (let i = order.start; i < order.end; i++) {
    if (!isCurrent(roll, places, i)) continue
    places.copyWithin(2 * kept, 2 * i, 2 * i + 2)
    scores.copyWithin(width * kept, width * i, width * (i + 1))
    kept++
  }
  order.start = 0
  order.end = kept
  free(roll)
  const most = 2 * kept + 8
  if (2 * most <= places.length) return
  order.places = new Int32Array(2 * most)
  order.places.set(places.subarray(0, 2 * kept))
  order.scores = new Float64Array(width * most)
  order.scores.set(scores.subarray(0, width * kept))
}

/** Whether a member with these scores goes before whoever has the place; by id where scores are equal. */
const goesBefore = (
  { members, scoring }: Roll,
  { places, scores }: Order,
  i: number,
  member: Member,
  score: readonly number[],
): boolean => {
  for (let k = 0; k < scoring.length; k++) {
    const difference = score[k]! - scores[scoring.length * i + k]!
    if (difference !== 0) return difference > 0
  }
  return member.agent.id < members[places[2 * i]!]!.agent.id
}

/** The first place before which they go: most who change go to the end. */
const placeFor = (roll: Roll, order: Order, member: Member, score: readonly number[]): number => {
  let low = order.start
  let high = order.end
  if (high > low && !goesBefore(roll, order, high - 1, member, score)) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if (goesBefore(roll, order, middle, member, score)) high = middle
    else low = middle + 1
  }
  return low
}

const insert = (roll: Roll, order: Order, at: number, score: readonly number[]): void => {
  if (2 * order.end === order.places.length) tidy(roll, order)
  const width = roll.scoring.length
  const { places, scores } = order
  const i = placeFor(roll, order, roll.members[at]!, score)
  if (i < order.end) {
    places.copyWithin(2 * i + 2, 2 * i, 2 * order.end)
    scores.copyWithin(width * (i + 1), width * i, width * order.end)
  }
  places[2 * i] = at
  places[2 * i + 1] = roll.facts[FACTS * at + STAMP]!
  for (let k = 0; k < width; k++) scores[width * i + k] = score[k]!
  order.end++
}

/** Somebody who is not shut has changed: they stand elsewhere. Where nobody asked for long, the order is given up. */
export const place = (roll: Roll, at: number, scoreOf: ScoreOf): void => {
  const { order, members } = roll
  if (!order) return
  if (++order.idle <= 2 * members.length + SLACK) return insert(roll, order, at, scoreOf(roll, members[at]!))
  roll.order = undefined
  free(roll)
}

const makeOrder = (roll: Roll, scoreOf: ScoreOf): Order => {
  const nobodys = new Set(roll.free)
  const found: (Ranked & { readonly at: number })[] = []
  for (const [at, member] of roll.members.entries())
    if (!member.shut && !nobodys.has(at))
      found.push({ agent: member.agent, score: scoreOf(roll, member), at })
  found.sort(compareRanked)
  const most = 2 * found.length + 8
  const places = new Int32Array(2 * most)
  const scores = new Float64Array(roll.scoring.length * most)
  for (const [i, { at, score }] of found.entries()) {
    places[2 * i] = at
    places[2 * i + 1] = roll.facts[FACTS * at + STAMP]!
    scores.set(score, roll.scoring.length * i)
  }
  return { places, scores, start: 0, end: found.length, idle: 0 }
}

/** All who are on a roll and not shut. At the start is somebody whose place is theirs still. */
export const orderOf = (roll: Roll, scoreOf: ScoreOf): Order => {
  roll.order ??= makeOrder(roll, scoreOf)
  const { order } = roll
  order.idle = 0
  while (order.start < order.end && !isCurrent(roll, order.places, order.start)) order.start++
  return order
}
