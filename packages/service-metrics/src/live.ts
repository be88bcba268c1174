import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { type Instant, idOf, type Recorded } from '@ramal/core'
import { reading } from '@ramal/projection'
import { type WorkforceEvent, workforceEvents } from '@ramal/workforce'
import { type AgentTimes, agentTimes } from './agent-time.js'
import { applyTo, recordOf } from './apply.js'
import { figuresOf, type ServiceFigures } from './figures.js'
import type { ServiceRecord } from './record.js'
import { addRecord, noTotals, type ServiceSettings, settingsOf, type Totals } from './totals.js'

/** What figures can be broken down by. `interval` is the one in which the contact was first offered. */
export const SERVICE_DIMENSIONS = ['interval', 'queue', 'channel', 'agent'] as const
export type ServiceDimension = (typeof SERVICE_DIMENSIONS)[number]

export interface LiveServiceOptions extends ServiceSettings {
  /** Breakdowns to keep up to date. Default: by queue, and by channel. */
  readonly groups?: readonly (readonly ServiceDimension[])[]
  /** Length of an interval in ms. Default 30 minutes. */
  readonly interval?: number
}

export interface ServiceCell {
  /** One value for each dimension; an interval by its start, as text of ms; empty where it is not known. */
  readonly values: readonly string[]
  readonly figures: ServiceFigures
}

/** Service figures kept up to date: each event takes its contact out of the sums as it was and adds it as it is. */
export interface LiveService {
  readonly records: ReadonlyMap<string, ServiceRecord>
  readonly agentTimes: AgentTimes
  apply(event: Recorded): void
  /**
   * Lets go of contacts that ended before a moment, to bound the memory: about 400 bytes each. Their figures stay in
   * the sums; percentiles and promises no longer see them, and what still happens to them no longer counts.
   */
  forget(before: Instant): number
  readonly total: ServiceFigures
  /** One of the breakdowns of the options, in order of values. @throws RangeError for another */
  by(...dimensions: readonly ServiceDimension[]): readonly ServiceCell[]
}

const valueIn = (dimension: ServiceDimension, r: ServiceRecord, interval: number): string => {
  switch (dimension) {
    case 'interval':
      return String(Math.floor((r.offeredAt ?? r.openedAt) / interval) * interval)
    case 'queue':
      return r.queue ?? ''
    case 'channel':
      return r.channel
    case 'agent':
      return r.answeredBy ?? ''
  }
}

const followAgent = (times: AgentTimes, agent: string, type: WorkforceEvent['type'], at: Instant): void => {
  switch (type) {
    case 'AgentBecameAvailable':
      return times.be(agent, 'available', at)
    case 'AgentSignedIn':
    case 'AgentBecameUnavailable':
    case 'AgentStoppedResponding':
    case 'AgentDraining':
      return times.be(agent, 'away', at)
    case 'AgentSignedOut':
      return times.be(agent, 'off', at)
  }
}

/** Who holds a contact, or is in wrap-up after it, before and after an event. */
const followHolds = (times: AgentTimes, before: string | undefined, r: ServiceRecord, at: Instant): void => {
  if (before === r.holder) return
  if (before !== undefined) times.release(before, r.contact, at)
  if (r.holder !== undefined) times.hold(r.holder, r.contact, at)
}

export const liveService = (options: LiveServiceOptions = {}): LiveService => {
  const { groups = [['queue'], ['channel']], interval = 1_800_000 } = options
  const settings = settingsOf(options)
  const read = reading<ConversationEvent | WorkforceEvent>(conversationEvents, workforceEvents)
  const records = new Map<string, ServiceRecord>()
  const bots = new Set<string>()
  const times = agentTimes()
  const total = noTotals()
  const cells = groups.map(
    () => new Map<string, { readonly values: readonly string[]; readonly totals: Totals }>(),
  )
  const isBot = (agent: string) => bots.has(agent)

  const add = (record: ServiceRecord, sign: 1 | -1) => {
    addRecord(total, record, settings, sign)
    groups.forEach((dimensions, i) => {
      const values = dimensions.map((dimension) => valueIn(dimension, record, interval))
      const key = values.join('\n')
      let cell = cells[i]!.get(key)
      if (!cell) {
        cell = { values, totals: noTotals() }
        cells[i]!.set(key, cell)
      }
      addRecord(cell.totals, record, settings, sign)
    })
  }

  const applyConversation = (event: Recorded<ConversationEvent>) => {
    const contact = idOf(event.stream)
    const { at } = event.meta
    if (event.type === 'ConversationOpened') {
      // A word that a rule has dealt with is nobody's work.
      if (event.data.keyword !== undefined) return
      const record = recordOf(contact, at, event.data)
      records.set(contact, record)
      return add(record, 1)
    }
    const record = records.get(contact)
    if (!record) return
    const { holder } = record
    add(record, -1)
    applyTo(record, event, isBot)
    add(record, 1)
    followHolds(times, holder, record, at)
    if (event.type === 'WrapUpStarted') times.hold(event.data.agent, `wrap-up ${contact}`, at)
    if (event.type === 'WrapUpFinished') times.release(event.data.agent, `wrap-up ${contact}`, at)
  }

  return {
    records,
    agentTimes: times,
    apply(recorded) {
      const event = read(recorded)
      if (!event) return
      if (!event.stream.startsWith('agent-')) return applyConversation(event as Recorded<ConversationEvent>)
      const agent = idOf(event.stream)
      if (event.type === 'AgentRegistered' && event.data.kind === 'bot') bots.add(agent)
      followAgent(times, agent, event.type as WorkforceEvent['type'], event.meta.at)
    },
    forget(before) {
      let forgotten = 0
      for (const [contact, record] of records)
        if (!record.open && (record.finallyResolvedAt ?? record.abandonedAt ?? record.openedAt) < before) {
          records.delete(contact)
          forgotten++
        }
      return forgotten
    },
    get total() {
      return figuresOf(total)
    },
    by(...dimensions) {
      const group = groups.findIndex((g) => g.join() === dimensions.join())
      if (group < 0)
        throw new RangeError(
          `There is no live breakdown by ${dimensions.join(' and ') || 'nothing'}; name it in \`groups\`.`,
        )
      return [...cells[group]!.entries()]
        .filter(([, { totals }]) => Object.values(totals).some((n) => n !== 0))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, { values, totals }]) => ({ values, figures: figuresOf(totals) }))
    },
  }
}
