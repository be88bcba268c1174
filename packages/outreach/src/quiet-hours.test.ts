import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type QuietPeriod, quietUntil } from './index.js'
import { msOfDay } from './time-of-day.js'
import { DAYS } from './wall-clock.js'

const test = suite('quiet hours')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What the wall says, by another way than the code under test: the platform's own words for it. */
const wall = (
  at: number,
  zone: string,
): { readonly day: number; readonly minutes: number; readonly text: string } => {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
  const [, day = '', hour = '', minute = ''] = /^(\w{3}),? (\d\d):(\d\d)$/.exec(text) ?? []
  return {
    day: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(day),
    minutes: Number(hour) * 60 + Number(minute),
    text,
  }
}

/** Whether a minute is quiet, said plainly. */
const isQuiet = (periods: readonly QuietPeriod[], zone: string, at: number): boolean => {
  const { day, minutes } = wall(at, zone)
  return periods.some(({ from, to, days = DAYS }) => {
    const [start, end] = [msOfDay(from) / MINUTE, msOfDay(to) / MINUTE]
    const today = days.includes(DAYS[day]!)
    const yesterday = days.includes(DAYS[(day + 6) % 7]!)
    if (start < end) return today && minutes >= start && minutes < end
    return (today && minutes >= start) || (yesterday && minutes < end)
  })
}

const NIGHT = [{ from: '21:00', to: '08:00' }]

const table: readonly (readonly [string, string, string, string, readonly QuietPeriod[]])[] = [
  ['America/Sao_Paulo', 'a night', '2026-03-02T23:30:00-03:00', '2026-03-03T08:00:00-03:00', NIGHT],
  ['America/Sao_Paulo', 'the day', '2026-03-02T12:00:00-03:00', '2026-03-02T12:00:00-03:00', NIGHT],
  ['America/Sao_Paulo', 'the very end', '2026-03-02T08:00:00-03:00', '2026-03-02T08:00:00-03:00', NIGHT],
  [
    'America/Sao_Paulo',
    'the very beginning',
    '2026-03-02T21:00:00-03:00',
    '2026-03-03T08:00:00-03:00',
    NIGHT,
  ],
  // Clocks were put forward at midnight: 00:00 became 01:00.
  [
    'America/Sao_Paulo',
    'a night that lost an hour',
    '2018-11-03T22:00:00-03:00',
    '2018-11-04T08:00:00-02:00',
    NIGHT,
  ],
  [
    'America/Sao_Paulo',
    'an end that the clock jumps over',
    '2018-11-03T23:50:00-03:00',
    '2018-11-04T01:00:00-02:00',
    [{ from: '23:00', to: '00:30' }],
  ],
  // And back at midnight: 23:00 to 24:00 came twice.
  [
    'America/Sao_Paulo',
    'a night that got an hour',
    '2018-02-17T22:00:00-02:00',
    '2018-02-18T08:00:00-03:00',
    NIGHT,
  ],
  [
    'America/Sao_Paulo',
    'an hour that comes twice is quiet twice',
    '2018-02-17T23:30:00-02:00',
    '2018-02-18T00:00:00-03:00',
    [{ from: '23:00', to: '24:00' }],
  ],
  ['Europe/Madrid', 'spring', '2026-03-28T22:00:00+01:00', '2026-03-29T08:00:00+02:00', NIGHT],
  [
    'Europe/Madrid',
    'an end in the hour that is not there',
    '2026-03-29T01:30:00+01:00',
    '2026-03-29T03:00:00+02:00',
    [{ from: '22:00', to: '02:30' }],
  ],
  ['Europe/Madrid', 'autumn', '2026-10-24T22:00:00+02:00', '2026-10-25T08:00:00+01:00', NIGHT],
  ['America/New_York', 'spring', '2026-03-07T22:00:00-05:00', '2026-03-08T08:00:00-04:00', NIGHT],
  ['America/New_York', 'autumn', '2026-10-31T22:00:00-04:00', '2026-11-01T08:00:00-05:00', NIGHT],
  [
    'America/New_York',
    'an end in the hour that comes twice: its first time is the end',
    '2026-11-01T00:30:00-04:00',
    '2026-11-01T01:30:00-04:00',
    [{ from: '22:00', to: '01:30' }],
  ],
  [
    'America/New_York',
    'and what is quiet in it is quiet again the second time',
    '2026-11-01T01:20:00-05:00',
    '2026-11-01T01:30:00-05:00',
    [{ from: '22:00', to: '01:30' }],
  ],
  [
    'America/Sao_Paulo',
    'a Sunday after a night before a night',
    '2026-03-07T22:00:00-03:00',
    '2026-03-09T08:00:00-03:00',
    [...NIGHT, { from: '00:00', to: '24:00', days: ['sun'] }],
  ],
  [
    'America/Sao_Paulo',
    'a period that begins on Fridays only',
    '2026-03-07T03:00:00-03:00',
    '2026-03-07T06:00:00-03:00',
    [{ from: '22:00', to: '06:00', days: ['fri'] }],
  ],
  [
    'America/Sao_Paulo',
    'the night after it is free',
    '2026-03-08T03:00:00-03:00',
    '2026-03-08T03:00:00-03:00',
    [{ from: '22:00', to: '06:00', days: ['fri'] }],
  ],
]

for (const [zone, name, now, until, periods] of table)
  test(`${zone}: ${name}`, () => {
    const found = quietUntil(periods, zone, Date.parse(now))
    assert.is(found === undefined ? undefined : new Date(found).toISOString(), new Date(until).toISOString())
  })

test('quiet for ever has no end', () => {
  assert.is(quietUntil([{ from: '00:00', to: '24:00' }], 'UTC', 0), undefined)
})

/** Two days around each change of the clocks, in zones that change them at different hours. */
const CHANGES: readonly (readonly [string, string])[] = [
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00:00Z'],
  ['Europe/Madrid', '2026-03-29T01:00:00Z'],
  ['Europe/Madrid', '2026-10-25T01:00:00Z'],
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Asia/Kolkata', '2026-06-01T00:00:00Z'],
]

const quarter = fc.integer({ min: 0, max: 95 }).map((n) => {
  const minutes = n * 15
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
})
const period = fc
  .record({
    from: quarter,
    to: quarter,
    days: fc.option(fc.subarray([...DAYS], { minLength: 1 }), { nil: undefined }),
  })
  .filter(({ from, to }) => from !== to)
  .map(({ days, ...rest }): QuietPeriod => (days ? { ...rest, days } : rest))

test('it ends at the first minute that is not quiet, whatever the clocks do', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHANGES),
      fc.integer({ min: -36 * 60, max: 36 * 60 }),
      fc.array(period, { minLength: 1, maxLength: 2 }),
      ([zone, change], offset, periods) => {
        const now = Date.parse(change) + offset * MINUTE
        const found = quietUntil(periods, zone, now)
        let expected = now
        while (expected < now + 15 * 24 * HOUR && isQuiet(periods, zone, expected)) expected += 15 * MINUTE
        // Steps of a quarter of an hour may pass the end by less than one; back to the minute.
        while (expected > now && !isQuiet(periods, zone, expected - MINUTE)) expected -= MINUTE
        if (expected >= now + 15 * 24 * HOUR) return found === undefined
        assert.is(found, expected, `${zone} from ${wall(now, zone).text}: ${JSON.stringify(periods)}`)
        return true
      },
    ),
    { numRuns: 400 },
  )
})

test.run()
