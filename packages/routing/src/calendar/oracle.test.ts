import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { WEEKDAYS } from './calendar.js'
import {
  addOpenTime,
  type Calendar,
  calendar as calendarCodec,
  compileZones,
  isOpen,
  nextChange,
  openTimeBetween,
} from './index.js'

const test = suite('calendars, minute by minute')

const MINUTE = 60_000
const DAY = 1440

// Clocks set at midnight, at one minute past, by half an hour, over the date line, for a month in the middle.
const ZONES = [
  'America/Sao_Paulo',
  'America/New_York',
  'Europe/Lisbon',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'America/Havana',
  'UTC',
] as const

const zones = compileZones(ZONES, 2010, 2019)

const formats = new Map(
  ZONES.map((timeZone) => [
    timeZone as string,
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    }),
  ]),
)

/** What a clock on the wall shows, in minutes since 1970. */
const shown = (timeZone: string, minute: number): number => {
  const part: Record<string, number> = {}
  for (const { type, value } of formats.get(timeZone)!.formatToParts(minute * MINUTE))
    part[type] = Number(value)
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!) / MINUTE
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

const openOn = ({ weekly, holidays = [] }: Calendar, day: number) => {
  const date = new Date(day * DAY * MINUTE)
  const found = holidays.filter((holiday) => holiday.date === date.toISOString().slice(0, 10))
  if (found.length > 0) return found.flatMap(({ open = [] }) => open)
  return weekly.filter(({ days }) => days.includes(WEEKDAYS[(date.getUTCDay() + 6) % 7]!))
}

const showsOpen = (calendar: Calendar, wall: number): boolean =>
  [0, 1].some((before) => {
    const day = Math.floor(wall / DAY) - before
    return openOn(calendar, day).some(({ from, to }) => {
      const begin = minutes(from)
      const end = minutes(to) > begin ? minutes(to) : minutes(to) + DAY
      return day * DAY + begin <= wall && wall < day * DAY + end
    })
  })

/** For each minute whether it is open, by a clock that stands still while others show an hour once more. */
const judge = (calendar: Calendar, first: number, length: number): readonly boolean[] => {
  let wall = Number.NEGATIVE_INFINITY
  for (let m = first - 200; m < first; m++) wall = Math.max(wall, shown(calendar.timeZone, m))
  return Array.from({ length }, (_, i) => {
    wall = Math.max(wall, shown(calendar.timeZone, first + i))
    return showsOpen(calendar, wall)
  })
}

const time = fc
  .integer({ min: 0, max: 95 })
  .map((n) => `${String(n >> 2).padStart(2, '0')}:${['00', '01', '30', '45'][n & 3]}`)
const interval = fc.record({ from: time, to: fc.oneof(time, fc.constant('24:00')) })
const days = fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 })

const WINDOW = 3 * DAY

/** A calendar and three days, more often than not those around a change of its clocks. */
const drawn = fc.constantFrom(...ZONES).chain((timeZone) => {
  const changes = zones[timeZone]!.slice(0, -1).map(([until]) => until / MINUTE)
  const any = fc.integer({ min: Date.UTC(2010, 0, 3) / MINUTE, max: Date.UTC(2019, 11, 20) / MINUTE })
  const around = changes.length > 0 ? fc.constantFrom(...changes) : any
  const middle = fc.oneof({ weight: 3, arbitrary: around }, { weight: 1, arbitrary: any })
  return fc.record({ timeZone: fc.constant(timeZone), middle }).chain(({ middle }) => {
    const near = fc
      .integer({ min: -2, max: 2 })
      .map((n) => new Date((middle + n * DAY) * MINUTE).toISOString().slice(0, 10))
    return fc.record({
      first: fc.integer({ min: 0, max: WINDOW - 1 }).map((n) => middle - n),
      calendar: fc.record({
        timeZone: fc.constant(timeZone),
        weekly: fc.array(
          fc.tuple(days, interval).map(([on, of]) => ({ days: on, ...of })),
          { maxLength: 3 },
        ),
        holidays: fc.array(fc.record({ date: near, open: fc.array(interval, { maxLength: 2 }) }), {
          maxLength: 2,
        }),
      }),
      a: fc.integer({ min: 0, max: WINDOW - 1 }),
      b: fc.integer({ min: 0, max: WINDOW - 1 }),
      duration: fc.integer({ min: 1, max: WINDOW }),
    })
  })
})

test(
  'whatever the calendar, it is open when the clock says so, changes when it says so, and counts what is open',
  () => {
    fc.assert(
      fc.property(drawn, ({ calendar, first, a, b, duration }) => {
        assert.ok(calendarCodec.is(calendar))
        const open = judge(calendar, first, WINDOW)
        const instant = (i: number) => (first + i) * MINUTE
        for (let i = 0; i < WINDOW; i += 7)
          assert.is(
            isOpen(calendar, zones, instant(i) + (i % 60) * 1000),
            open[i],
            new Date(instant(i)).toISOString(),
          )

        const change = open.findIndex((is, i) => i > a && is !== open[a])
        const next = nextChange(calendar, zones, instant(a))
        if (change >= 0) assert.is(next, instant(change))
        else assert.ok(next === undefined || next >= instant(WINDOW), `no change till then, but ${next}`)

        const [from, to] = a < b ? [a, b] : [b, a]
        const counted = open.slice(from, to).filter(Boolean).length
        assert.is(openTimeBetween(calendar, zones, instant(from), instant(to)), counted * MINUTE)
        assert.is(openTimeBetween(calendar, zones, instant(to), instant(from)), 0)

        let left = duration
        const due = open.findIndex((is, i) => i >= a && is && --left === 0)
        const deadline = addOpenTime(calendar, zones, instant(a), duration * MINUTE)
        if (due >= 0) assert.is(deadline, instant(due + 1))
        else assert.ok(deadline === undefined || deadline > instant(WINDOW))
      }),
      { numRuns: 60 },
    )
  },
  { timeout: 50_000 },
)

test('a deadline is the first moment at which so much open time has passed', () => {
  const amounts = fc.record({ drawn, ms: fc.integer({ min: 1, max: 30 * DAY * MINUTE }) })
  fc.assert(
    fc.property(amounts, ({ drawn: { calendar, first }, ms }) => {
      const from = first * MINUTE + 123
      const deadline = addOpenTime(calendar, zones, from, ms)
      if (deadline === undefined) return
      assert.is(openTimeBetween(calendar, zones, from, deadline), ms)
      assert.is(openTimeBetween(calendar, zones, from, deadline - 1), ms - 1)
      assert.ok(isOpen(calendar, zones, deadline - 1))
    }),
    { numRuns: 300 },
  )
})

test('every zone that this machine knows compiles to what its clocks show', () => {
  const all = Intl.supportedValuesOf('timeZone')
  const sample = all.filter((_, i) => i % 25 === 7)
  const compiled = compileZones(sample, 2011, 2012)
  for (const timeZone of sample) {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    for (let i = 0; i < 200; i++) {
      const at = Date.UTC(2011, 0, 1) + i * 87 * 3_600_000
      const [, offset] = compiled[timeZone]!.find(([until]) => at < until)!
      const utc = new Intl.DateTimeFormat('en-US', {
        timeZone: 'UTC',
        dateStyle: 'short',
        timeStyle: 'short',
      })
      assert.is(utc.format(at + offset * MINUTE), format.format(at), `${timeZone} ${at}`)
    }
  }
})

test.run()
