/**
 * Compares this package with a worked example: contacts, presets, moments, and the state of every unit.
 *
 *     node packages/fcr/dist/check-worked-example.js FILE.json
 *
 * Ends with 1 when a number or a state differs, with 2 for a file that cannot be read.
 */
import { readFile } from 'node:fs/promises'
import { describeFaults, finite, nonEmpty, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type FcrDefinition, parseDefinition } from './definition.js'
import type { FcrFact, Outcome } from './fact.js'
import { fcr, type History, historyOf, unitsOf } from './fcr.js'

const exampleEvent = record(
  { type: nonEmpty, at: finite, contact: nonEmpty },
  {
    rec: finite,
    customer: t.string,
    channel: t.string,
    intent: t.string,
    ticket: t.string,
    dir: t.string,
    agent: t.string,
    level: finite,
    team: t.string,
    transfer: t.string,
    by: t.string,
    disp: t.string,
    resolved: t.boolean,
  },
)
type ExampleEvent = t.TypeOf<typeof exampleEvent>

const nullable = t.union([finite, t.null])
const summary = t.type({
  success: finite,
  failed: finite,
  pending: finite,
  open: finite,
  total: finite,
  lower: nullable,
  upper: nullable,
  closedCohort: nullable,
  closedN: finite,
})
const episode = t.type({
  first: t.string,
  state: t.string,
  why: t.array(t.string),
  contacts: t.array(t.string),
  due: nullable,
})
const example = t.type({
  events: t.array(exampleEvent),
  asof: t.record(t.string, finite),
  presets: t.record(t.string, t.UnknownRecord),
  expected: t.record(t.string, t.record(t.string, t.type({ summary, episodes: t.array(episode) }))),
})

const ms = (seconds: number): number => seconds * 1000

const factOf = (e: ExampleEvent): FcrFact => {
  const about = { contact: e.contact, at: ms(e.at), recordedAt: ms(e.rec ?? e.at) }
  switch (e.type) {
    case 'started': {
      const { customer, channel, intent, ticket } = e
      const direction = e.dir === 'outbound' ? 'outbound' : 'inbound'
      return { ...about, kind: 'started', customer, channel, intent, ticket, direction }
    }
    case 'agent': {
      const transfer = e.transfer === 'warm' || e.transfer === 'cold' ? e.transfer : undefined
      return { ...about, kind: 'joined', agent: e.agent ?? '', level: e.level, team: e.team, transfer }
    }
    case 'reply':
      return { ...about, kind: 'replied', by: e.by === 'agent' ? 'agent' : 'customer' }
    case 'ended':
      return { ...about, kind: 'ended', outcome: (e.disp ?? 'closed') as Outcome }
    case 'callback':
      return { ...about, kind: 'callbackPromised' }
    case 'reopened':
      return { ...about, kind: 'reopened' }
    case 'spam':
      return { ...about, kind: 'spamMarked' }
    case 'survey':
      return { ...about, kind: 'surveyed', resolved: e.resolved === true }
    default:
      throw new Error(`The example has an event of type ${e.type}, which this check does not know.`)
  }
}

const definitionOf = (name: string, knobs: Readonly<Record<string, unknown>>): FcrDefinition => {
  const { window, maxDuration, ...rest } = knobs
  const parsed = parseDefinition({
    ...rest,
    ...(typeof window === 'number' ? { window: ms(window) } : {}),
    ...(typeof maxDuration === 'number' ? { maxDuration: ms(maxDuration) } : {}),
  })
  if (E.isLeft(parsed)) throw new Error(`Preset ${name}: ${parsed.left.faults.join('; ')}`)
  return parsed.right
}

const rounded = (rate: number | undefined): number | null =>
  rate === undefined ? null : Math.round(rate * 1e6) / 1e6

type Expected = t.TypeOf<typeof example>['expected'][string][string]

/** What differs, one line each. */
const differences = (
  history: History,
  definition: FcrDefinition,
  asOf: number,
  wanted: Expected,
): readonly string[] => {
  const question = { definition, asOf }
  const { counts, closedCohort, bounds } = fcr(history, question).total
  const found: Expected['summary'] = {
    success: counts.success,
    failed: counts.failed,
    pending: counts.pending,
    open: counts.open,
    total: bounds.of,
    lower: rounded(bounds.lower),
    upper: rounded(bounds.upper),
    closedCohort: rounded(closedCohort.rate),
    closedN: closedCohort.of,
  }
  const lines = Object.entries(found)
    .map(([key, value]) => [key, wanted.summary[key as keyof typeof found], value] as const)
    .filter(([, expected, value]) => expected !== value)
    .map(([key, expected, value]) => `${key}: expected ${expected}, found ${value}`)
  const units = new Map(unitsOf(history, question).map((u) => [u.unit, u]))
  for (const { first, state, why, contacts, due } of wanted.episodes) {
    const unit = units.get(first)
    units.delete(first)
    const expected = JSON.stringify([state, why, contacts, due])
    const seen = JSON.stringify(
      unit && [unit.state, unit.reasons, unit.contacts, unit.due === undefined ? null : unit.due / 1000],
    )
    if (seen !== expected) lines.push(`unit ${first}: expected ${expected}, found ${seen}`)
  }
  for (const name of units.keys()) lines.push(`unit ${name}: not expected`)
  return lines
}

const main = async (path: string | undefined): Promise<number> => {
  if (path === undefined) {
    console.error('Give the path of the example: node check-worked-example.js FILE.json')
    return 2
  }
  const decoded = example.decode(JSON.parse(await readFile(path, 'utf8')))
  if (E.isLeft(decoded)) {
    console.error(`${path} is no worked example: ${describeFaults(decoded.left)}`)
    return 2
  }
  const { events, asof, presets, expected } = decoded.right
  const history = historyOf(events.map(factOf))
  let cases = 0
  let units = 0
  let wrong = 0
  for (const [moment, byPreset] of Object.entries(expected))
    for (const [name, wanted] of Object.entries(byPreset)) {
      cases++
      units += wanted.episodes.length
      const definition = definitionOf(name, presets[name] ?? {})
      for (const line of differences(history, definition, ms(asof[moment]!), wanted)) {
        wrong++
        console.error(`${name}, ${moment}: ${line}`)
      }
    }
  console.log(
    `${Object.keys(presets).length} presets × ${Object.keys(asof).length} moments: ${cases} summaries and ${units} units compared, ${wrong} differ.`,
  )
  return wrong === 0 && cases > 0 ? 0 : 1
}

main(process.argv[2]).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 2
  },
)
