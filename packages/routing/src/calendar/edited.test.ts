import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { world } from '../../test/world.js'
import { parsePolicy } from '../policy/index.js'
import { businessClock, type Calendar } from './index.js'

const test = suite('calendars that are edited')

const HOUR = 3_600_000
const at = (iso: string): number => Date.parse(iso)
/** A Friday, 17:00 in Sao Paulo. */
const FRIDAY = at('2026-11-27T20:00:00Z')

const policyOf = (to: string, holidays: readonly { readonly date: string }[]) => {
  const parsed = parsePolicy({
    name: 'shop',
    classification: [{ queue: 'care' }],
    queues: { care: { hours: 'office', offerExpiresAfter: 20_000 } },
    calendars: {
      office: {
        timeZone: 'America/Sao_Paulo',
        weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to }],
        holidays,
      },
    },
  })
  assert.ok(E.isRight(parsed), JSON.stringify(parsed))
  return parsed.right
}

const before = policyOf('18:00', [])
const after = policyOf('17:00', [{ date: '2026-11-30' }])

const officeOf = ({ data }: typeof before): Calendar => data.calendars!.office!

const scene = () => {
  const w = world(before, FRIDAY)
  w.agent('ana', {
    type: 'register',
    profile: { kind: 'human', skills: {}, capacity: { total: 5 }, queues: ['care'] },
  })
  w.agent('ana', { type: 'signIn' })
  w.agent('ana', { type: 'becomeAvailable' })
  w.conversation('c', {
    type: 'receive',
    message: 'm',
    content: { kind: 'text', text: 'hello' },
    opening: { channel: 'sms', endpoint: 'e', customer: 'x' },
  })
  w.settle()
  return w
}

test('a calendar edited after a deadline was logged does not move the deadline, and a replay agrees', () => {
  const w = scene()
  const [offer] = [...w.state.tickets.get('c')!.offers.keys()]
  w.conversation('c', { type: 'acceptOffer', offer: offer!, agent: 'ana' })
  // Two business hours from now: one today, one on Monday.
  const deadline = businessClock(officeOf(before), before.zones).after(w.now, 2 * HOUR)
  assert.is(deadline, at('2026-11-30T13:00:00Z'))
  w.conversation('c', { type: 'park', by: { kind: 'human', id: 'ana' }, until: deadline })
  w.settle()

  w.publish(after)
  w.settle()
  assert.not.equal(businessClock(officeOf(after), after.zones).after(FRIDAY, 2 * HOUR), deadline)
  w.advance(deadline - 1 - w.now)
  w.settle()
  assert.is(w.state.tickets.get('c')!.place, 'parked')
  w.advance(1)
  w.settle()
  assert.is(w.state.tickets.get('c')!.place, 'queued', 'awake, and held back: Monday is a holiday now')
  assert.equal(w.broken, [])
  assert.equal(w.replay(), [])
})

test('an offer that was made while it was open lasts as long as it was told, though hours are cut meanwhile', () => {
  const w = scene()
  const [open] = [...w.state.tickets.get('c')!.offers.values()]
  assert.is(open!.expiresAt, FRIDAY + 20_000)
  w.publish(after)
  w.settle()
  assert.equal([...w.state.tickets.get('c')!.offers.values()], [open])
  w.advance(20_000)
  w.settle()
  const { place, offers } = w.state.tickets.get('c')!
  assert.equal(
    [place, offers.size],
    ['queued', 0],
    'it lapsed, and no other is made: the office is closed now',
  )
  assert.equal(w.replay(), [])
})

test('a replay decides by the clocks of the log, whatever this machine has learnt of time zones since', () => {
  const w = scene()
  const published = w.log.find(({ type }) => type === 'PolicyPublished')!.data as { readonly zones: object }
  assert.equal(published.zones, before.zones)
  // Elsewhere Sao Paulo has been given summer time, so that the office would be closed by now.
  const elsewhere = {
    ...before,
    zones: { 'America/Sao_Paulo': [[at('2051-01-01T00:00:00Z'), -60]] as const },
  }
  assert.is(before.isOpen('office', FRIDAY), true)
  assert.is(businessClock(officeOf(before), elsewhere.zones).elapsed(FRIDAY, FRIDAY + HOUR), 0)
  assert.equal(w.replay(), [])
  assert.is(w.state.policy!.isOpen('office', FRIDAY), true)
})

test.run()
