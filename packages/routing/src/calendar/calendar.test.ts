import { listFaults } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import {
  addOpenTime,
  type Calendar,
  calendar,
  compileZones,
  isOpen,
  nextChange,
  openTimeBetween,
  zoneFaults,
  zones as zonesCodec,
} from './index.js'

const test = suite('calendars')

const HOUR = 3_600_000
const DAY = 24 * HOUR

const at = (iso: string): number => Date.parse(iso)

const zones2026 = compileZones(['America/Sao_Paulo', 'America/New_York', 'Europe/Lisbon', 'UTC'], 2026, 2026)
const zones2018 = compileZones(['America/Sao_Paulo'], 2018, 2018)

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const daily = (timeZone: string, from: string, to: string, rest: Partial<Calendar> = {}): Calendar => ({
  timeZone,
  weekly: [{ days: everyDay, from, to }],
  ...rest,
})
const office: Calendar = {
  timeZone: 'America/Sao_Paulo',
  weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
  holidays: [{ date: '2026-12-25', name: 'Natal' }],
}

test('open from the first minute to before the last, on the days that are named', () => {
  const open = (iso: string) => isOpen(office, zones2026, at(iso))
  // Monday 23 November 2026, three hours behind UTC.
  assert.not(open('2026-11-23T11:59:59.999Z'))
  assert.ok(open('2026-11-23T12:00:00Z'))
  assert.ok(open('2026-11-23T20:59:59.999Z'))
  assert.not(open('2026-11-23T21:00:00Z'))
  assert.not(open('2026-11-22T15:00:00Z'), 'a Sunday')
})

test('the next change is the next opening, over a weekend and over a holiday, or the next closing', () => {
  const next = (iso: string) => nextChange(office, zones2026, at(iso))
  assert.is(next('2026-11-23T12:00:00Z'), at('2026-11-23T21:00:00Z'))
  assert.is(next('2026-11-27T21:00:00Z'), at('2026-11-30T12:00:00Z'), 'Friday evening to Monday')
  assert.is(next('2026-12-24T21:00:00Z'), at('2026-12-28T12:00:00Z'), 'over Christmas and the weekend')
})

test('a deadline runs while it is open: what is left on Friday evening is due on Monday', () => {
  const from = at('2026-11-27T20:30:00Z')
  assert.is(addOpenTime(office, zones2026, from, HOUR), at('2026-11-30T12:30:00Z'))
  assert.is(addOpenTime(office, zones2026, from, 0), from)
  assert.is(addOpenTime(office, zones2026, from, HOUR / 2), at('2026-11-27T21:00:00Z'), 'the end of the day')
  assert.is(addOpenTime(office, zones2026, at('2026-11-28T15:00:00Z'), 1), at('2026-11-30T12:00:00.001Z'))
})

test('Sao Paulo, summer time beginning within an SLA: midnight of 4 November 2018 does not exist', () => {
  const night = daily('America/Sao_Paulo', '22:00', '02:00')
  // From 23:00, one hour to the jump, which leads to 01:00, and one hour to 02:00, two hours behind UTC then.
  const from = at('2018-11-04T02:00:00Z')
  assert.is(addOpenTime(night, zones2018, from, 2 * HOUR), at('2018-11-04T04:00:00Z'))
  assert.is(nextChange(night, zones2018, from), at('2018-11-04T04:00:00Z'))
  const sunday = daily('America/Sao_Paulo', '00:00', '24:00', {
    weekly: [{ days: ['sun'], from: '00:00', to: '24:00' }],
  })
  assert.is(nextChange(sunday, zones2018, from), at('2018-11-04T03:00:00Z'), 'begins with the jump, at 01:00')
  assert.is(openTimeBetween(sunday, zones2018, from, from + 2 * DAY), 23 * HOUR)
})

test('Sao Paulo, summer time ending within an SLA: 17 February 2018 has 25 hours', () => {
  const late = daily('America/Sao_Paulo', '09:00', '24:00')
  const from = at('2018-02-18T00:30:00Z') // 22:30, two hours behind UTC
  assert.is(nextChange(late, zones2018, from), at('2018-02-18T03:00:00Z'), 'after 23:00 has been twice')
  assert.is(addOpenTime(late, zones2018, from, 3 * HOUR), at('2018-02-18T12:30:00Z'))
  const saturday = at('2018-02-17T02:00:00Z')
  assert.is(openTimeBetween(late, zones2018, saturday, saturday + 25 * HOUR), 16 * HOUR)
})

test('New York: what begins in the hour that is skipped begins with the jump; one within it is not', () => {
  const from = at('2026-03-08T06:00:00Z') // 01:00; at 02:00 it becomes 03:00
  const jump = at('2026-03-08T07:00:00Z')
  assert.is(nextChange(daily('America/New_York', '02:30', '05:00'), zones2026, from), jump)
  assert.is(
    nextChange(daily('America/New_York', '02:15', '02:45'), zones2026, from),
    at('2026-03-09T06:15:00Z'),
    'the next day',
  )
  const allDay = daily('America/New_York', '00:00', '24:00')
  assert.is(addOpenTime(allDay, zones2026, at('2026-03-08T05:00:00Z'), 4 * HOUR), at('2026-03-08T09:00:00Z'))
})

test('New York: what begins in the hour that is repeated begins the first time, and goes on through both', () => {
  const early = daily('America/New_York', '01:30', '02:30')
  const first = at('2026-11-01T05:30:00Z')
  assert.is(nextChange(early, zones2026, at('2026-11-01T04:00:00Z')), first)
  assert.is(nextChange(early, zones2026, first), at('2026-11-01T07:30:00Z'))
  assert.ok(isOpen(early, zones2026, at('2026-11-01T06:15:00Z')), '01:15 for the second time')
  assert.is(openTimeBetween(early, zones2026, first - HOUR, first + 4 * HOUR), 2 * HOUR)
  // One that ends in it ends the first time, and does not open once more.
  const ends = daily('America/New_York', '00:30', '01:30')
  assert.is(openTimeBetween(ends, zones2026, first - 3 * HOUR, first + 6 * HOUR), HOUR)
})

test('Lisbon: both changes within an SLA', () => {
  const night = daily('Europe/Lisbon', '22:00', '06:00')
  const spring = at('2026-03-28T23:00:00Z')
  assert.is(
    addOpenTime(night, zones2026, spring, 6 * HOUR),
    at('2026-03-29T05:00:00Z'),
    '06:00, an hour ahead',
  )
  const autumn = at('2026-10-24T22:00:00Z') // 23:00, an hour ahead of UTC
  assert.is(addOpenTime(night, zones2026, autumn, 8 * HOUR), at('2026-10-25T06:00:00Z'), '06:00, with UTC')
})

test('a holiday is a day of its own zone, over midnight in another', () => {
  const always = daily('America/Sao_Paulo', '00:00', '24:00', { holidays: [{ date: '2026-12-25' }] })
  assert.ok(
    isOpen(always, zones2026, at('2026-12-25T00:00:00Z')),
    'Christmas in Lisbon, not yet in Sao Paulo',
  )
  assert.is(nextChange(always, zones2026, at('2026-12-25T00:00:00Z')), at('2026-12-25T03:00:00Z'))
  assert.is(nextChange(always, zones2026, at('2026-12-25T03:00:00Z')), at('2026-12-26T03:00:00Z'))
})

test('what began the evening before a holiday goes on; what begins on it does not; some holidays are open', () => {
  const night = daily('UTC', '22:00', '06:00', { holidays: [{ date: '2026-12-25' }] })
  assert.ok(isOpen(night, zones2026, at('2026-12-25T05:00:00Z')))
  assert.not(isOpen(night, zones2026, at('2026-12-25T23:00:00Z')))
  assert.not(isOpen(night, zones2026, at('2026-12-26T05:00:00Z')))
  const half = daily('UTC', '09:00', '18:00', {
    holidays: [{ date: '2026-12-24', open: [{ from: '09:00', to: '12:00' }] }],
  })
  assert.is(nextChange(half, zones2026, at('2026-12-24T10:00:00Z')), at('2026-12-24T12:00:00Z'))
})

test('an interval over midnight belongs to the day it begins; from and to alike are a whole day', () => {
  const friday: Calendar = { timeZone: 'UTC', weekly: [{ days: ['fri'], from: '20:00', to: '04:00' }] }
  assert.ok(isOpen(friday, zones2026, at('2026-11-28T03:59:00Z')), 'Saturday morning')
  assert.not(isOpen(friday, zones2026, at('2026-11-27T03:59:00Z')), 'Friday morning')
  const round: Calendar = { timeZone: 'UTC', weekly: [{ days: ['fri'], from: '08:00', to: '08:00' }] }
  assert.is(nextChange(round, zones2026, at('2026-11-27T08:00:00Z')), at('2026-11-28T08:00:00Z'))
})

test('never open, and never closed', () => {
  const never: Calendar = { timeZone: 'UTC', weekly: [], holidays: [{ date: '2026-12-25' }] }
  const now = at('2026-11-23T00:00:00Z')
  assert.not(isOpen(never, zones2026, now))
  assert.is(nextChange(never, zones2026, now), undefined)
  assert.is(addOpenTime(never, zones2026, now, 1), undefined)
  assert.is(openTimeBetween(never, zones2026, now, now + 60 * DAY), 0)
  const always = daily('UTC', '00:00', '24:00')
  assert.is(nextChange(always, zones2026, now), undefined)
  assert.is(addOpenTime(always, zones2026, now, 40 * DAY), now + 40 * DAY)
  const once: Calendar = {
    timeZone: 'UTC',
    weekly: [],
    holidays: [{ date: '2029-02-28', open: [{ from: '10:00', to: '11:00' }] }],
  }
  assert.is(nextChange(once, zones2026, now), at('2029-02-28T10:00:00Z'), 'years from now')
  assert.is(addOpenTime(once, zones2026, now, HOUR), at('2029-02-28T11:00:00Z'))
  assert.is(addOpenTime(once, zones2026, now, HOUR + 1), undefined)
})

test('intervals that overlap or touch are one', () => {
  const shifts: Calendar = {
    timeZone: 'UTC',
    weekly: [
      { days: everyDay, from: '06:00', to: '14:00' },
      { days: everyDay, from: '14:00', to: '22:00' },
      { days: everyDay, from: '13:00', to: '15:00' },
    ],
  }
  assert.is(nextChange(shifts, zones2026, at('2026-11-23T07:00:00Z')), at('2026-11-23T22:00:00Z'))
  assert.is(openTimeBetween(shifts, zones2026, at('2026-11-23T00:00Z'), at('2026-11-24T00:00Z')), 16 * HOUR)
})

test('a zone that there is not is named when it is compiled, and one that was not compiled when it is asked', () => {
  const mars = daily('Mars/Olympus', '09:00', '18:00')
  assert.equal(zoneFaults({ office, mars }), [
    'calendars.mars.timeZone: this machine knows no time zone "Mars/Olympus"; give one of the IANA database, such as "America/Sao_Paulo"',
  ])
  assert.throws(() => compileZones(['UTC', 'Mars/Olympus'], 2026, 2026), /no time zone "Mars\/Olympus"/)
  const tokyo = daily('Asia/Tokyo', '09:00', '18:00')
  for (const ask of [isOpen, nextChange])
    assert.throws(
      () => ask(tokyo, zones2026, 0),
      /"Asia\/Tokyo" was not compiled; there are America\/New_York,/,
    )
  assert.throws(() => isOpen(daily('constructor', '09:00', '18:00'), zones2026, 0), /was not compiled/)
  assert.throws(() => compileZones(['UTC'], 1960, 2026), /from 1973 on/)
})

test('compiled zones are plain data, with an entry for each change of clocks', () => {
  assert.equal(zones2026['America/New_York'], [
    [at('2026-03-08T07:00:00Z'), -300],
    [at('2026-11-01T06:00:00Z'), -240],
    [at('2027-01-01T00:00:00Z'), -300],
  ])
  assert.equal(zones2026['America/Sao_Paulo'], [[at('2027-01-01T00:00:00Z'), -180]])
  assert.ok(zonesCodec.is(JSON.parse(JSON.stringify(zones2026))))
})

test('what is no time, no day and no date is refused with its path', () => {
  const faults = (input: unknown) => {
    const result = calendar.decode(input)
    return E.isLeft(result) ? listFaults(result.left, 9) : []
  }
  assert.equal(faults(office), [])
  assert.equal(
    faults({
      timeZone: 'UTC',
      weekly: [{ days: ['monday'], from: '24:00', to: '25:00' }],
      holidays: [
        { date: '2026-02-29' },
        { date: '2028-02-29' },
        { date: '2100-02-29' },
        { date: '2026-13-01' },
      ],
    }),
    [
      'weekly[0].days[0]: expected "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun", found "monday"',
      'weekly[0].from: expected a time from "00:00" to "23:59", found "24:00"',
      'weekly[0].to: expected a time from "00:00" to "24:00", found "25:00"',
      'holidays[0].date: expected a date such as "2026-12-25", found "2026-02-29"',
      'holidays[2].date: expected a date such as "2026-12-25", found "2100-02-29"',
      'holidays[3].date: expected a date such as "2026-12-25", found "2026-13-01"',
    ],
  )
})

test.run()
