import { canonicalJson, categoryOf, type EventStore, type Position, type Recorded, START } from '@ramal/core'
import { auditor, digestOf, initialState, ROUTING_CATEGORIES, route, type Violation } from '@ramal/routing'
import { type LedgerEvent, ledgerEvents, ledgerStream } from './ledger.js'
import { checkOptions, reportOptions } from './options.js'
import { shadowEvent } from './write-pass.js'

type Completed = Extract<LedgerEvent, { type: 'PassCompleted' }>['data'] & { readonly position: Position }

/** Where a pass, decided again, came out otherwise. */
export interface Difference {
  readonly pass: string
  readonly what: 'state' | 'decisions' | 'order'
  readonly recorded: string
  readonly decidedAgain: string
}

export interface VerifyReport {
  readonly passes: number
  readonly decisions: number
  readonly events: number
  readonly differences: readonly Difference[]
  readonly broken: readonly Broken[]
}

/** An event after which an invariant of routing did not hold. */
export interface Broken extends Violation {
  readonly position: Position
}

const passesOf = async (store: EventStore, domain: string): Promise<readonly Completed[]> => {
  const passes: Completed[] = []
  const filter = { types: ['PassCompleted'], categories: ['router'] }
  for await (const { events } of store.readAll({ after: START, ...filter }))
    for (const event of events) {
      const fact = ledgerEvents.upcast(event)
      if (fact?.type === 'PassCompleted' && event.stream === `router-${domain}`)
        passes.push({ ...fact.data, position: event.position } as Completed)
    }
  return passes
}

const textOf = (stream: string, type: string, data: unknown): string => canonicalJson([stream, type, data])

/**
 * Decides every pass of a log again, from the log up to its basis, and compares; and holds every event to the
 * invariants of routing. Reads the log once, beside its ledger. Changes nothing.
 */
export const verifyPasses = async (
  store: EventStore,
  options: { readonly domain?: string; readonly most?: number } = {},
): Promise<VerifyReport> => {
  checkOptions('verifyPasses', reportOptions, options)
  const { domain = 'main', most = 20 } = options
  const passes = await passesOf(store, domain)
  const state = initialState()
  const differences: Difference[] = []
  const broken: Broken[] = []
  const audit = auditor()
  const recorded: string[] = []
  let again: readonly string[] = []
  let decided = 0
  /** The pass that was decided again last. */
  let prepared = -1
  let decisions = 0
  let count = 0

  const decide = (pass: Completed): void => {
    const { pass: name, decidedAt: now, onlyOffers, most } = pass
    const input = { pass: name, now, basis: pass.basis as Position, onlyOffers, most }
    const digest = digestOf(state)
    if (digest !== pass.state)
      differences.push({ pass: pass.pass, what: 'state', recorded: pass.state, decidedAgain: digest })
    // The log holds an append stream by stream; within a stream the order is that of the pass.
    const found = route(state, input).decisions
    const shadow = shadowEvent(state, found, input)
    again = [
      ...found.map(({ stream, event }) => textOf(stream, event.type, event.data)),
      ...(shadow ? [textOf(ledgerStream(domain), shadow.type, shadow.data)] : []),
    ]
  }

  const compare = (pass: Completed): void => {
    decisions += recorded.length
    const a = [...recorded].sort()
    const b = [...again].sort()
    const at = a.findIndex((text, i) => text !== b[i])
    const first = at < 0 && b.length > a.length ? a.length : at
    if (first >= 0)
      differences.push({
        pass: pass.pass,
        what: 'decisions',
        recorded: a[first] ?? 'nothing',
        decidedAgain: b[first] ?? 'nothing',
      })
    recorded.length = 0
  }

  const visit = (event: Recorded): void => {
    count++
    const next = passes[decided]
    if (next && event.position > next.basis && prepared < decided) {
      decide(next)
      prepared = decided
    }
    if (next && event.meta.causationId === `pass/${domain}/${next.pass}` && event.position !== next.position)
      recorded.push(textOf(event.stream, event.type, event.data))
    if (next && event.position === next.position) {
      compare(next)
      decided++
    }
    if (categoryOf(event.stream) === 'router') return
    for (const violation of audit(state, event)) broken.push({ ...violation, position: event.position })
  }

  const report = (): VerifyReport => ({ passes: decided, decisions, events: count, differences, broken })
  const categories = [...ROUTING_CATEGORIES, 'router']
  for await (const { events } of store.readAll({ after: START, categories }))
    for (const event of events) {
      visit(event)
      if (differences.length + broken.length >= most) return report()
    }
  return report()
}
