import { isAble } from '../eligibility.js'
import { rollOf, seat, seatOn } from './roll.js'
import type { Member, Pool, TicketClass } from './shape.js'

/** @param shared the roll is that of a queue, and not all who are on it are in the pool */
export const poolOf = (
  { key, sample, asked, homes, roll }: Pick<Pool, 'key' | 'sample' | 'asked' | 'homes' | 'roll'>,
  shared: boolean,
): Pool => ({
  key,
  sample,
  asked,
  homes,
  roll,
  able: shared ? new Uint32Array((roll.members.length >> 5) + 1) : undefined,
  size: 0,
  active: [],
  pass: -1,
  open: 0,
  classes: 0,
  mark: 0,
})

export const hasSeat = (able: Uint32Array, at: number): boolean => ((able[at >> 5]! >>> (at & 31)) & 1) === 1

export const isIn = ({ roll, able }: Pool, member: Member): boolean => {
  const at = seatOn(roll, member)
  return at >= 0 && (!able || hasSeat(able, at))
}

/** Puts a member into a pool if they could be offered its tickets, were they there and had room. */
export const tryJoin = (pool: Pool, member: Member): void => {
  if (!member.agent.registered || !isAble(pool.sample, member.agent, pool.asked)) return
  member.pools.push(pool)
  pool.size++
  const at = seat(pool.roll, member)
  if (!pool.able) return
  if (at >> 5 >= pool.able.length) {
    const able = new Uint32Array(2 * (at >> 5) + 2)
    able.set(pool.able)
    pool.able = able
  }
  pool.able[at >> 5]! |= 1 << (at & 31)
}

export const leavePool = (pool: Pool, member: Member): void => {
  const { roll, able } = pool
  const at = seatOn(roll, member)
  pool.size--
  if (able) able[at >> 5]! &= ~(1 << (at & 31))
}

/** The few who are in the pool, of many in its queue, get a roll of their own: nobody else is passed over any more. */
export const sitApart = (pool: Pool): void => {
  const { roll, able } = pool
  if (!able) return
  const own = rollOf(roll.roster, roll.sample, roll.scoring)
  for (let word = 0; word < able.length; word++)
    for (let bits = able[word]!; bits !== 0; bits &= bits - 1) {
      const at = 32 * word + 31 - Math.clz32(bits & -bits)
      seat(own, roll.members[at]!)
    }
  pool.roll = own
  pool.able = undefined
}

/** Somebody waits where nobody did: who has got room meanwhile was not told to it. */
export const activate = (of: TicketClass): void => {
  if (of.active) return
  const { pool } = of
  of.active = true
  of.blocked = false
  if (pool.active.push(of) === 1) for (const { active } of pool.homes) active.add(pool)
}

export const deactivate = (of: TicketClass): void => {
  if (!of.active) return
  const { pool } = of
  of.active = false
  const last = pool.active.pop()!
  if (last !== of) pool.active[pool.active.indexOf(of)] = last
  if (pool.active.length === 0) for (const { active } of pool.homes) active.delete(pool)
}

/** The pools of a member that have active classes, and maybe others: those are few where the active are many. */
export const activeOf = (member: Member): readonly Pool[] => {
  const { pools, homes } = member
  let least = pools.length >> 1
  for (const { active } of homes) least -= active.size
  if (least <= 0) return pools
  return homes.flatMap(({ active }) => [...active].filter((pool) => isIn(pool, member)))
}
