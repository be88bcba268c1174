import type { Agent } from './state.js'

/** Whether the agent has a skill at a level or above. */
export const hasSkill = ({ skills }: Pick<Agent, 'skills'>, skill: string, level: number): boolean =>
  (skills[skill] ?? 0) >= level

/** Most tickets of a channel at a time, within the pool. */
export const capOf = ({ capacity }: Pick<Agent, 'capacity'>, channel: string): number =>
  capacity.caps?.[channel] ?? Number.POSITIVE_INFINITY

export const takesOffers = ({ registered, presence }: Pick<Agent, 'registered' | 'presence'>): boolean =>
  registered && presence === 'available'
