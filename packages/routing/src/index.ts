export * from './audit.js'
export * from './calendar/index.js'
export type { Change } from './change.js'
export * from './classify.js'
export * from './decision.js'
export * from './digest.js'
export * from './due.js'
export {
  askedOf,
  declinedUntil,
  freeFor,
  hasRoom,
  heldBack,
  isAble,
  type Judgement,
  judge,
  judgeAbility,
  type Load,
  preferredNow,
  roomFor,
} from './eligibility.js'
export * from './explain.js'
export * from './explain-wait.js'
export * from './fold.js'
export * from './heap.js'
export * from './housekeeping.js'
export * from './invariants.js'
export * from './known.js'
export * from './line.js'
export * from './lint/index.js'
export * from './match.js'
export { type Matcher, matcher } from './matcher/matcher.js'
export * from './order.js'
export * from './pairs.js'
export * from './policy/index.js'
export * from './policy-events.js'
export * from './preview/index.js'
export * from './rank.js'
export * from './requirements.js'
export * from './resolution.js'
export * from './route.js'
export * from './shadow.js'
export * from './shares.js'
export * from './state.js'
export * from './wait.js'
