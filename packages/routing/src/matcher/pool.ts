import { isAble } from '../eligibility.js'
import type { Member, Pool, TicketClass } from './shape.js'

export const poolOf = ({
  key,
  sample,
  asked,
  homes,
}: Pick<Pool, 'key' | 'sample' | 'asked' | 'homes'>): Pool => ({
  key,
  sample,
  asked,
  homes,
  able: new Set(),
  order: undefined,
  active: [],
  hot: [],
  hotOrder: undefined,
  pass: -1,
  classes: 0,
  mark: 0,
})

/** Puts a member into a pool if they could be offered its tickets, were they there and had room. */
export const tryJoin = (pool: Pool, member: Member): void => {
  if (!member.agent.registered || !isAble(pool.sample, member.agent, pool.asked)) return
  member.pools.push(pool)
  pool.able.add(member)
}

/** It is told of agents who change, from now on or no more. */
const rouse = (pool: Pool): void => {
  if (pool.active.length > 0 || pool.order) for (const { awake } of pool.homes) awake.add(pool)
  else for (const { awake } of pool.homes) awake.delete(pool)
}

/** Somebody waits where nobody did: who has got room meanwhile was not told to it. */
export const activate = (of: TicketClass): void => {
  if (of.active) return
  const { pool } = of
  of.active = true
  of.blocked = false
  if (pool.active.push(of) === 1) rouse(pool)
}

export const deactivate = (of: TicketClass): void => {
  if (!of.active) return
  const { pool } = of
  of.active = false
  const last = pool.active.pop()!
  if (last !== of) pool.active[pool.active.indexOf(of)] = last
  if (pool.active.length === 0) rouse(pool)
}

export const setOrder = (pool: Pool, order: Pool['order']): void => {
  pool.order = order
  rouse(pool)
}

/** The pools of a member that are awake, and maybe others: those are few where the awake are many. */
export const awakeOf = (member: Member): readonly Pool[] => {
  const { pools, homes } = member
  let least = pools.length >> 1
  for (const { awake } of homes) least -= awake.size
  if (least <= 0) return pools
  return homes.flatMap(({ awake }) => [...awake].filter(({ able }) => able.has(member)))
}
