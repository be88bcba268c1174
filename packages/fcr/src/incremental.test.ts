import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { define, type FcrDefinition } from './definition.js'
import type { FcrFact } from './fact.js'
import { fcr, historyOf, unitsOf } from './fcr.js'
import { liveFcr } from './live.js'
import { judgePlainly } from './oracle.js'
import type { Unit } from './unit.js'

const test = suite('incremental')

const HOUR = 3_600_000
/** Nine to five, every day: business time that can be written down in a line. */
const business = {
  elapsed(from: number, to: number) {
    const worked = (at: number) => {
      const day = Math.floor(at / (24 * HOUR))
      return day * 8 * HOUR + Math.min(Math.max(at - day * 24 * HOUR - 9 * HOUR, 0), 8 * HOUR)
    }
    return worked(to) - worked(from)
  },
  after(from: number, ms: number) {
    let low = from
    let high = from + ms * 4 + 48 * HOUR
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (business.elapsed(from, middle) >= ms) high = middle
      else low = middle
    }
    return ms === 0 ? from : high
  },
}

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values)

const definitions: fc.Arbitrary<FcrDefinition> = fc
  .record(
    {
      unit: oneOf<FcrDefinition['unit']>('episode', 'contact'),
      key: oneOf<FcrDefinition['key']>('customer', 'customer+intent', 'ticket'),
      crossChannel: fc.boolean(),
      window: oneOf(0, 6, 24, 72).map((h) => h * HOUR),
      bound: oneOf<FcrDefinition['bound']>('closed', 'open'),
      anchor: oneOf<FcrDefinition['anchor']>('end', 'start'),
      clock: oneOf<FcrDefinition['clock']>('calendar', 'calendar', 'calendar', 'business'),
      chain: oneOf<FcrDefinition['chain']>('rolling', 'fixed'),
      abandoned: oneOf<FcrDefinition['abandoned']>('ignore', 'repeatOnly', 'full'),
      bot: oneOf<FcrDefinition['bot']>('include', 'repeatOnly', 'ignore'),
      outbound: oneOf<FcrDefinition['outbound']>('ignore', 'repeatOnly'),
      transfer: oneOf<FcrDefinition['transfer']>('any', 'warm', 'none'),
      escalation: oneOf<FcrDefinition['escalation']>('allowed', 'breaks'),
      callback: oneOf<FcrDefinition['callback']>('allowed', 'breaks'),
      reopen: oneOf<FcrDefinition['reopen']>('breaks', 'allowed'),
      evidence: oneOf<FcrDefinition['evidence']>('behaviour', 'behaviour', 'status', 'survey', 'both'),
      denominator: oneOf<FcrDefinition['denominator']>('all', 'all', 'net', 'resolved'),
      notL1: oneOf<readonly string[]>([], ['refund']),
      unresolved: oneOf<readonly string[]>([], ['gave up']),
      maxAgentReplies: oneOf(0, 1),
      minAgentReplies: fc.constant(1),
      maxCustomerReplies: fc.constant(0),
      maxDuration: fc.constant(5 * HOUR),
    },
    { requiredKeys: [] },
  )
  .map(define)

const contactIds = ['c1', 'c2', 'c3', 'c4', 'c5']
const contact = oneOf(...contactIds)
const customers = ['ana', 'bruno', 'carla']
const intents = ['invoice', 'refund']

const body = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('started' as const),
      customer: oneOf('ana', 'ana', 'bruno', 'carla', undefined),
      channel: oneOf('sms', 'phone', undefined),
      intent: oneOf(...intents, undefined),
      ticket: oneOf('t1', 't2', undefined),
      direction: oneOf<'inbound' | 'outbound'>('inbound', 'inbound', 'inbound', 'outbound'),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ended' as const),
      outcome: oneOf<'resolved' | 'contained' | 'closed' | 'abandoned'>(
        'resolved',
        'resolved',
        'contained',
        'closed',
        'abandoned',
      ),
      disposition: oneOf('done', 'gave up', undefined),
    }),
  },
  fc.record({
    kind: fc.constant('joined' as const),
    agent: oneOf('a1', 'a2'),
    by: oneOf<'human' | 'bot'>('human', 'bot'),
    level: oneOf(undefined, 1, 2),
    transfer: oneOf<'warm' | 'cold' | undefined>(undefined, undefined, 'warm', 'cold'),
  }),
  fc.record({
    kind: fc.constant('transferred' as const),
    mode: oneOf<'warm' | 'cold'>('warm', 'cold'),
    escalation: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('replied' as const), by: oneOf<'agent' | 'customer'>('agent', 'customer') }),
  fc.record({ kind: oneOf<'callbackPromised' | 'reopened'>('callbackPromised', 'reopened', 'reopened') }),
  fc.record({ kind: oneOf<'spamMarked' | 'spamUnmarked'>('spamMarked', 'spamUnmarked') }),
  fc.record({ kind: fc.constant('intentSet' as const), intent: oneOf(...intents) }),
  fc.record({ kind: fc.constant('linked' as const), to: contact }),
  fc.record({ kind: fc.constant('unlinked' as const), from: contact }),
  fc.record({ kind: fc.constant('surveyed' as const), resolved: fc.boolean() }),
)

const move = fc.oneof(
  fc.record({
    kind: fc.constant('customersMerged' as const),
    customer: oneOf(...customers),
    merged: oneOf(...customers),
  }),
  fc.record({ kind: fc.constant('customersSplit' as const), split: oneOf(...customers) }),
)

/** Facts in the order in which they arrive. Most are about now, many are late, a few are ahead of our clock. */
const histories: fc.Arbitrary<readonly FcrFact[]> = fc
  .array(
    fc.record({
      fact: fc.oneof({ weight: 8, arbitrary: fc.record({ contact, body }) }, { weight: 1, arbitrary: move }),
      pause: oneOf(0, 0, 1, 3, 6, 24, 30),
      late: oneOf(0, 0, 0, 1, 6, 24, 90, -5),
    }),
    { minLength: 6, maxLength: 24, size: 'max' },
  )
  .map((steps) => {
    let now = 10 * 24 * HOUR
    return steps.map(({ fact, pause, late }): FcrFact => {
      now += pause * HOUR
      const times = { at: now - late * HOUR, recordedAt: now }
      return 'contact' in fact ? { contact: fact.contact, ...fact.body, ...times } : { ...fact, ...times }
    })
  })

const shown = (units: readonly Unit[]) =>
  [...units].sort((a, b) => (a.unit < b.unit ? -1 : 1)).map((u) => ({ ...u, reasons: [...u.reasons] }))

const tally = (units: readonly Unit[]) => {
  const of = (state: Unit['state']) => units.filter((u) => u.state === state).length
  return [of('success'), of('failed'), of('pending'), of('open'), of('excluded')]
}

test(
  'fact by fact, in any order of arrival, gives what the rules give from nothing: 10,000 histories',
  () => {
    let judged = 0
    let failedUnits = 0
    fc.assert(
      fc.property(histories, definitions, fc.nat({ max: 21 }), (facts, definition, cut) => {
        const live = liveFcr({ definition, business, groups: [['channel']] })
        const states = new Map<string, string>()
        live.onTransition(({ unit, from, to }) => {
          assert.is(states.get(unit) ?? 'none', from)
          if (to === 'none') states.delete(unit)
          else states.set(unit, to)
        })
        const check = (arrived: readonly FcrFact[], asOf: number) => {
          const units = judgePlainly(arrived, definition, asOf, Number.POSITIVE_INFINITY, business)
          judged += units.length
          failedUnits += units.filter((u) => u.state === 'failed').length
          assert.equal([...states].sort(), units.map((u) => [u.unit, u.state]).sort() as [string, string][])
          const { success, failed, pending, open, excluded } = live.total
          assert.equal([success, failed, pending, open, excluded], tally(units))
        }
        const checkCells = (asOf: number) => {
          const known = Number.POSITIVE_INFINITY
          const all = fcr(live.table, { definition, asOf, known, business, by: ['channel'] })
          assert.equal(live.total, all.total.counts)
          const filled = live
            .by('channel')
            .filter(({ counts: c }) => c.success + c.failed + c.pending + c.open + c.excluded > 0)
          assert.equal(
            filled.map(({ values, counts }) => [values[0], counts]).sort(),
            all.cells.map(({ values, figures }) => [values[0], figures.counts]).sort(),
          )
        }
        facts.forEach((fact, i) => {
          live.record(fact)
          // Several facts between two refreshes, as in a page.
          if (i % 3 !== 0) live.refresh(fact.recordedAt!)
          if (i === cut) {
            live.refresh(fact.recordedAt!)
            check(facts.slice(0, i + 1), fact.recordedAt!)
          }
        })
        const end = facts.at(-1)!.recordedAt!
        live.refresh(end)
        check(facts, end)
        checkCells(end)
        // Time alone goes on, to when something is due, and to long after.
        const due = live.nextDue()
        if (Number.isFinite(due)) {
          live.refresh(due)
          check(facts, due)
        }
        live.refresh(end + 1000 * HOUR)
        check(facts, end + 1000 * HOUR)
      }),
      { numRuns: 10_000 },
    )
    // The histories must be about something.
    assert.ok(judged > 30_000 && failedUnits > 8_000, `${judged} units judged, ${failedUnits} failed`)
    console.log(`10,000 histories, ${judged} verdicts compared, ${failedUnits} of them failed`)
  },
  { timeout: 200_000 },
)

test(
  'any moment and any state of knowledge, judged from the facts: 2,000 histories',
  () => {
    fc.assert(
      fc.property(
        histories,
        definitions,
        fc.nat({ max: 21 }),
        fc.nat({ max: 21 }),
        (facts, definition, i, j) => {
          const history = historyOf(facts)
          const asOf = facts[i % facts.length]!.at
          const known = facts[j % facts.length]!.recordedAt!
          const question = { definition, asOf, known, business }
          assert.equal(
            shown(unitsOf(history, question)),
            shown(judgePlainly(facts, definition, asOf, known, business)),
          )
        },
      ),
      { numRuns: 2_000 },
    )
  },
  { timeout: 60_000 },
)

test(
  'facts of different moments may arrive in any order',
  () => {
    fc.assert(
      fc.property(histories, definitions, fc.nat(), (facts, definition, seed) => {
        const moments = new Set<number>()
        const distinct = facts.filter((f) => !moments.has(f.at) && moments.add(f.at))
        // Of two starts the first to arrive counts, so there must be one only.
        const starts = new Set<string>()
        const once = distinct.filter(
          (f) => f.kind !== 'started' || (!starts.has(f.contact) && starts.add(f.contact)),
        )
        const shuffled = once
          .map((fact, i) => ({ fact, order: (seed * 31 + i * 7919) % 104_729 }))
          .sort((a, b) => a.order - b.order)
          .map(({ fact }) => fact)
        const question = { definition, asOf: 1e12, known: Number.POSITIVE_INFINITY, business }
        assert.equal(shown(unitsOf(historyOf(shuffled), question)), shown(unitsOf(historyOf(once), question)))
      }),
      { numRuns: 1_000 },
    )
  },
  { timeout: 60_000 },
)

test.run()
