import type { EventStore, Instant } from '@ramal/core'
import { START } from '@ramal/core'
import { flagsOf, tuples } from './breakdown.js'
import type { View } from './contact.js'
import { cells } from './counts.js'
import { type BusinessClock, definitionHash, type FcrDefinition } from './definition.js'
import { cohortMoment, type Dimension, dayCounter } from './dimension.js'
import { type FactOptions, factReader, factTypes } from './events.js'
import type { FcrFact } from './fact.js'
import { figuresOf } from './figures.js'
import { type Judge, judgeOf, STATE, type UnitState, type Verdict } from './judge.js'
import { type FcrReport, finalUpTo, orderCells } from './report.js'
import { kaplanMeier, type Observation } from './survival.js'
import { type ContactTable, contactTable, recordFact } from './table.js'
import { namesOf, placesOf, type Unit, unitOf } from './unit.js'
import { walkUnits } from './walk.js'

/** All facts of a log. One history serves every definition, every moment and every state of knowledge. */
export type History = ContactTable

export const historyOf = (facts: Iterable<FcrFact>): History => {
  const table = contactTable()
  for (const fact of facts) recordFact(table, fact)
  return table
}

/** Reads the facts of a log up to its end; with a definition only those that it needs. */
export const readHistory = async (
  store: EventStore,
  options: FactOptions & { readonly definition?: FcrDefinition } = {},
): Promise<History> => {
  const table = contactTable()
  const read = factReader(options)
  const take = (fact: FcrFact) => void recordFact(table, fact)
  const categories = ['conversation', 'customer', 'agent']
  for await (const page of store.readAll({ after: START, types: factTypes(options.definition), categories }))
    for (const event of page.events) read(event, take)
  return table
}

export interface FcrQuestion {
  readonly definition: FcrDefinition
  /** What happened later is left out, and so undecided. */
  readonly asOf: Instant
  /**
   * What was recorded later is left out. Default: `asOf`, so that the answer is what it was at that moment and
   * stays the same for ever. Infinity: what we know today about that moment.
   */
  readonly known?: Instant
  /** Only units whose cohort moment is not before. */
  readonly from?: Instant
  /** Only units whose cohort moment is before. */
  readonly to?: Instant
  readonly by?: readonly Dimension[]
  /** IANA time zone of the dimension `day`. Default: UTC. */
  readonly zone?: string
  /** For a definition that counts in business hours. */
  readonly business?: BusinessClock
}

const viewOf = ({ asOf, known = asOf }: FcrQuestion): View => ({ asOf, known })

/** Walks the units of a question's period. */
const walk = (history: History, question: FcrQuestion, each: (v: Verdict, judge: Judge) => void): void => {
  const { definition, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, business } = question
  const everything = question.from === undefined && question.to === undefined
  const judge = judgeOf(definition, history, business)
  walkUnits(history, judge, viewOf(question), (v) => {
    const moment = cohortMoment(definition, v)
    if (everything || (moment >= from && moment < to)) each(v, judge)
  })
}

/** What the nowcast sees of a unit: nothing before its end, or when it is excluded. */
const observe = (v: Verdict, judge: Judge, asOf: Instant): Observation | undefined => {
  const { anchor, window } = judge.definition
  const first = v.members[0]!
  if (!judge.windowed || v.state === STATE.excluded || Number.isNaN(first.firstEnd)) return undefined
  const origin = anchor === 'start' ? first.start : first.firstEnd
  const failed = v.state === STATE.failed
  const until = failed ? v.failedAt : asOf
  return { time: Math.min(window, until <= origin ? 0 : judge.elapsed(origin, until)), failed }
}

/** First-contact resolution of a history: a pure function of the facts, the definition, the moment and the knowledge. */
export const fcr = (history: History, question: FcrQuestion): FcrReport => {
  const { definition, by = [], asOf, zone } = question
  const view = viewOf(question)
  const dayOf = dayCounter(zone)
  const keys = tuples(by.length)
  const total = cells()
  const counters = cells()
  const everything = total.cell(0)
  const observations: Observation[] = []
  const observedIn: Observation[][] = []
  walk(history, question, (v, judge) => {
    const flags = flagsOf(v)
    const observation = observe(v, judge, asOf)
    total.add(everything, flags, v.reasons, v.own, 1)
    if (observation) observations.push(observation)
    if (by.length === 0) return
    for (const place of placesOf(history, definition, by, dayOf, view, v)) {
      const cell = counters.cell(keys.numberOf(place))
      counters.add(cell, flags, v.reasons, v.own, 1)
      observedIn[cell] ??= []
      if (observation) observedIn[cell].push(observation)
    }
  })
  return {
    definition,
    hash: definitionHash(definition),
    asOf,
    known: view.known,
    period: { from: question.from, to: question.to },
    finalUpTo: finalUpTo(definition, asOf),
    total: figuresOf(total.counts(everything), kaplanMeier(observations)),
    by,
    cells: orderCells(
      [...counters.entries()].map(([key, cell]) => ({
        values: namesOf(history, by, keys.tuple(key)),
        figures: figuresOf(counters.counts(cell), kaplanMeier(observedIn[cell] ?? [])),
      })),
    ),
  }
}

export interface UnitFilter {
  readonly states?: readonly UnitState[]
  /** Only units that count in this cell: one value for each dimension of the question's `by`. */
  readonly values?: readonly string[]
}

/** The units behind a report or one of its cells, with their conversations. */
export const unitsOf = (
  history: History,
  question: FcrQuestion,
  filter: UnitFilter = {},
): readonly Unit[] => {
  const { definition, by = [], zone } = question
  const view = viewOf(question)
  const dayOf = dayCounter(zone)
  const { states, values } = filter
  if (values && values.length !== by.length)
    throw new RangeError(
      `A cell by ${by.join(' and ') || 'nothing'} has ${by.length} values, not ${values.length}.`,
    )
  const units: Unit[] = []
  walk(history, question, (v) => {
    const unit = unitOf(history, v)
    if (states && !states.includes(unit.state)) return
    const inCell = () =>
      placesOf(history, definition, by, dayOf, view, v).some((place) =>
        namesOf(history, by, place).every((name, i) => name === values![i]),
      )
    if (!values || inCell()) units.push(unit)
  })
  return units.sort((a, b) => a.start - b.start || (a.unit < b.unit ? -1 : 1))
}

/** A conversation that two definitions do not see alike. Nothing: it opens no unit under that definition. */
export interface Difference {
  readonly unit: string
  readonly left: Unit | undefined
  readonly right: Unit | undefined
}

export interface DefinitionDiff {
  /** Conversations that open a unit of the same state for the same reasons under both. */
  readonly same: number
  /** In the order of their names. */
  readonly different: readonly Difference[]
}

/** Names the conversations on which two definitions, or two moments, differ. */
export const diffDefinitions = (history: History, left: FcrQuestion, right: FcrQuestion): DefinitionDiff => {
  const byName = (question: FcrQuestion) => new Map(unitsOf(history, question).map((u) => [u.unit, u]))
  const lefts = byName(left)
  const rights = byName(right)
  const names = [...new Set([...lefts.keys(), ...rights.keys()])].sort()
  const different: Difference[] = []
  for (const unit of names) {
    const l = lefts.get(unit)
    const r = rights.get(unit)
    if (l?.state !== r?.state || l?.reasons.join() !== r?.reasons.join())
      different.push({ unit, left: l, right: r })
  }
  return { same: names.length - different.length, different }
}
