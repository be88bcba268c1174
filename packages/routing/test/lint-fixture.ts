import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { LintedAgent, LintFacts } from '../src/lint/index.js'
import { lintPolicy } from '../src/lint/index.js'
import { parsePolicy } from '../src/policy/index.js'

export const agent = (id: string, rest: Partial<LintedAgent> = {}): LintedAgent => ({
  id,
  kind: 'human',
  team: undefined,
  skills: { german: 3 },
  capacity: { total: 3 },
  queues: ['orders', 'care'],
  ...rest,
})

export const facts = (...agents: readonly LintedAgent[]): LintFacts => ({
  agents:
    agents.length > 0 ? agents : [agent('ana', { skills: { german: 8 } }), agent('bia', { team: 'night' })],
  channels: ['whatsapp', 'webchat', 'sms'],
})

/** Nothing is wrong with it; each test changes one thing. */
export const sound = {
  name: 'shop',
  classification: [
    {
      name: 'german orders',
      when: { channel: 'webchat', language: 'de' },
      queue: 'orders',
      priority: 60,
      requirements: [{ skill: 'german', level: 5 }],
    },
    {
      name: 'orders',
      when: { channel: 'webchat', hours: { calendar: 'office', is: 'open' } },
      queue: 'orders',
    },
    { name: 'all else', queue: 'care' },
  ],
  queues: {
    orders: {
      relaxation: [{ after: 60_000, lower: { german: 2 } }],
      escalations: [
        { name: 'late', when: { waited: 300_000 }, do: { queue: 'care', requirements: [], raise: 100 } },
      ],
    },
    care: {},
  },
  channels: { whatsapp: { cost: 1 }, webchat: { cost: 2 } },
  calendars: {
    office: {
      timeZone: 'America/Sao_Paulo',
      weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
    },
  },
} as const

export type Loose = Readonly<Record<string, unknown>>

export const withRules = (...rules: readonly Loose[]): Loose => ({ ...sound, classification: rules })
/** Rules alone: without steps, escalations or calendars. */
export const plain = (...rules: readonly Loose[]): Loose => ({
  name: 'plain',
  classification: rules,
  queues: { orders: {}, care: {} },
})
export const withOrders = (orders: Loose): Loose => ({ ...sound, queues: { ...sound.queues, orders } })
export const withOffice = (office: Loose): Loose => ({
  ...sound,
  calendars: { office: { ...sound.calendars.office, ...office } },
})
export const [germanOrders, orders, rest] = sound.classification

export const parsed = (input: unknown) => {
  const policy = parsePolicy(input)
  assert.ok(E.isRight(policy), JSON.stringify(policy))
  return policy.right
}

/** Each finding as `severity code path`. */
export const lint = (input: unknown, known: LintFacts = facts()): readonly string[] =>
  lintPolicy(parsed(input), known).map(({ severity, code, path }) => `${severity} ${code} ${path}`)
