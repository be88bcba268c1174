import { dayOfDate } from './civil.js'
import type { FcrFact, Outcome } from './fact.js'

/** A day of March 2026, from 1 on, and a time of it, UTC. */
export const inMarch = (day: number, time = '00:00:00'): number => {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number)
  return (dayOfDate(2026, 3, day) * 24 * 3600 + h * 3600 + m * 60 + s) * 1000
}

interface Row {
  readonly id: string
  readonly customer: string
  readonly channel: string
  readonly intent: string
  readonly start: number
  readonly end?: number
  readonly outcome?: Outcome
  readonly agents?: readonly { agent: string; level: number; at?: number; transfer?: 'cold' }[]
  /** Replies by agent (a) and customer (c), in order. */
  readonly replies?: string
  readonly more?: readonly FcrFact[]
  readonly recordedAt?: number
  readonly outbound?: boolean
}

const a1 = [{ agent: 'a1', level: 1 }]
const a2 = [{ agent: 'a2', level: 1 }]
const a3 = [{ agent: 'a3', level: 1 }]

/** Eighteen contacts of ten customers in ten days, and what happened in each. */
const rows: readonly Row[] = [
  {
    id: 'C01',
    customer: 'ana',
    channel: 'whatsapp',
    intent: 'invoice',
    agents: a1,
    replies: 'a',
    start: inMarch(1, '10:00'),
    end: inMarch(1, '10:20'),
    more: [{ kind: 'surveyed', contact: 'C01', resolved: true, at: inMarch(1, '11:00') }],
  },
  {
    id: 'C02',
    customer: 'bruno',
    channel: 'phone',
    intent: 'delivery',
    agents: a2,
    start: inMarch(1, '11:00'),
    end: inMarch(1, '11:10'),
    more: [{ kind: 'surveyed', contact: 'C02', resolved: false, at: inMarch(1, '12:00') }],
  },
  {
    id: 'C03',
    customer: 'bruno',
    channel: 'whatsapp',
    intent: 'delivery',
    agents: a1,
    replies: 'aaacc',
    start: inMarch(4, '09:00'),
    end: inMarch(4, '09:15'),
  },
  {
    id: 'C04',
    customer: 'carla',
    channel: 'chat',
    intent: 'login',
    replies: 'c',
    start: inMarch(2, '10:00'),
    end: inMarch(2, '10:03'),
    outcome: 'contained',
  },
  {
    id: 'C05',
    customer: 'diego',
    channel: 'phone',
    intent: 'cancel',
    start: inMarch(2, '12:00'),
    end: inMarch(2, '12:00:08'),
    outcome: 'abandoned',
  },
  {
    id: 'C06',
    customer: 'diego',
    channel: 'phone',
    intent: 'cancel',
    agents: a2,
    start: inMarch(2, '12:05'),
    end: inMarch(2, '12:20'),
  },
  {
    id: 'C07',
    customer: 'elisa',
    channel: 'email',
    intent: 'refund',
    replies: 'aa',
    start: inMarch(3, '08:00'),
    end: inMarch(3, '16:00'),
    agents: [
      { agent: 'a3', level: 1, at: inMarch(3, '08:30') },
      { agent: 'a4', level: 2, at: inMarch(3, '10:00'), transfer: 'cold' },
    ],
    more: [{ kind: 'surveyed', contact: 'C07', resolved: true, at: inMarch(3, '18:00') }],
  },
  {
    id: 'C08',
    customer: 'elisa',
    channel: 'email',
    intent: 'address',
    agents: a3,
    replies: 'a',
    start: inMarch(5, '08:00'),
    end: inMarch(5, '09:00'),
  },
  {
    id: 'C09',
    customer: 'fabio',
    channel: 'phone',
    intent: 'outage',
    agents: a2,
    start: inMarch(3, '10:00'),
    end: inMarch(3, '10:05'),
    more: [{ kind: 'callbackPromised', contact: 'C09', at: inMarch(3, '10:04') }],
  },
  {
    id: 'C10',
    customer: 'fabio',
    channel: 'phone',
    intent: 'outage',
    agents: a2,
    outbound: true,
    start: inMarch(3, '14:00'),
    end: inMarch(3, '14:10'),
  },
  {
    id: 'C11',
    customer: 'gabi',
    channel: 'whatsapp',
    intent: 'invoice',
    agents: a1,
    replies: 'a',
    start: inMarch(9, '10:00'),
    end: inMarch(9, '10:10'),
  },
  {
    id: 'C12',
    customer: 's1',
    channel: 'sms',
    intent: 'promo',
    agents: a1,
    replies: 'a',
    start: inMarch(4, '00:00'),
    end: inMarch(4, '00:01'),
    more: [{ kind: 'spamMarked', contact: 'C12', at: inMarch(4, '00:02') }],
  },
  {
    id: 'C13',
    customer: 'heitor',
    channel: 'sms',
    intent: 'invoice',
    agents: a1,
    replies: 'aac',
    start: inMarch(2, '09:00'),
    end: inMarch(2, '09:30'),
  },
  {
    id: 'C14',
    customer: 'heitor',
    channel: 'sms',
    intent: 'invoice',
    agents: a1,
    replies: 'a',
    start: inMarch(9, '09:30'),
    end: inMarch(9, '09:40'),
  },
  {
    id: 'C15',
    customer: 'iris',
    channel: 'facebook',
    intent: 'login',
    agents: a3,
    replies: 'a',
    start: inMarch(10, '09:00'),
  },
  {
    id: 'C16',
    customer: 'joao',
    channel: 'email',
    intent: 'delivery',
    agents: a3,
    replies: 'a',
    start: inMarch(1, '15:00'),
    end: inMarch(1, '15:10'),
    more: [
      { kind: 'replied', contact: 'C16', by: 'customer', at: inMarch(2, '16:00') },
      { kind: 'reopened', contact: 'C16', at: inMarch(2, '16:00') },
      { kind: 'replied', contact: 'C16', by: 'agent', at: inMarch(2, '17:59') },
      { kind: 'ended', contact: 'C16', outcome: 'resolved', at: inMarch(2, '18:00') },
    ],
  },
  {
    id: 'C18',
    customer: 'bruno',
    channel: 'phone',
    intent: 'delivery',
    agents: a2,
    start: inMarch(6, '09:00'),
    end: inMarch(6, '09:05'),
  },
  {
    id: 'C17',
    customer: 'ana',
    channel: 'sms',
    intent: 'invoice',
    agents: a1,
    replies: 'a',
    start: inMarch(6, '10:00'),
    end: inMarch(6, '10:05'),
    recordedAt: inMarch(13, '09:00'),
  },
]

const factsOf = (row: Row): readonly FcrFact[] => {
  const { id: contact, customer, channel, intent, start, end, outcome = 'resolved', recordedAt } = row
  const about = (at: number) => ({ contact, at, recordedAt: recordedAt ?? at })
  const ended: readonly FcrFact[] = end === undefined ? [] : [{ kind: 'ended', ...about(end), outcome }]
  return [
    {
      kind: 'started',
      ...about(start),
      customer,
      channel,
      intent,
      ticket: `t-${contact}`,
      direction: row.outbound ? 'outbound' : 'inbound',
    },
    ...(row.agents ?? []).map(({ agent, level, at = start, transfer }): FcrFact => {
      return { kind: 'joined', ...about(at), agent, level, transfer }
    }),
    ...[...(row.replies ?? '')].map((by): FcrFact => {
      return { kind: 'replied', ...about(start), by: by === 'a' ? 'agent' : 'customer' }
    }),
    ...ended,
    ...(row.more ?? []),
  ]
}

/**
 * Eighteen contacts on which published definitions of first-contact resolution give from 33 to 100 percent: late
 * facts, a repeat exactly at the end of the window, a reopening, a bot, spam, a promised callback, transfers.
 * For demonstrations and tests; nobody in it exists.
 */
export const workedExample = (): readonly FcrFact[] => rows.flatMap(factsOf)
