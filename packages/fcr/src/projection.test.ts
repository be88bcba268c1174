import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import {
  type Event,
  type EventFamily,
  memoryStore,
  type NewEvent,
  type StreamName,
  stamp,
  virtualClock,
} from '@ramal/core'
import { type CustomerEvent, customerEvents } from '@ramal/customer'
import { runProjection } from '@ramal/projection'
import { suite } from '@ramal/testing'
import { type WorkforceEvent, workforceEvents } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { DAY, define } from './definition.js'
import { fcr, readHistory } from './fcr.js'
import { fcrProjection } from './projection.js'
import { liveReport } from './report.js'
import { watchFcr } from './watch.js'

const test = suite('fcr projection')

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 2, 2, 9)

const world = () => {
  const clock = virtualClock(T0)
  const store = memoryStore({ clock })
  let commands = 0
  const append = async <Ev extends Event>(
    family: EventFamily<Ev>,
    stream: StreamName,
    events: readonly Ev[],
  ) => {
    const context = { commandId: `k${++commands}`, at: clock.now(), tenant: 'demo' }
    const written: readonly NewEvent[] = stamp(family, stream, events, context)
    const result = await store.append([{ stream, expected: 'any', events: written }])
    assert.ok(E.isRight(result))
  }
  return {
    clock,
    store,
    say: (id: string, ...events: ConversationEvent[]) =>
      append(conversationEvents, `conversation-${id}`, events),
    agent: (id: string, ...events: WorkforceEvent[]) => append(workforceEvents, `agent-${id}`, events),
    customer: (id: string, ...events: CustomerEvent[]) => append(customerEvents, `customer-${id}`, events),
  }
}

const opened = (customer: string, channel: string): ConversationEvent => ({
  type: 'ConversationOpened',
  data: { channel, endpoint: `${channel}-1`, direction: 'inbound', customer, intent: 'invoice' },
})
const by = { kind: 'human', id: 'maria' } as const
const resolved: ConversationEvent = { type: 'ConversationResolved', data: { by, disposition: 'done' } }
const accepted: ConversationEvent = { type: 'OfferAccepted', data: { offer: 'o1', agent: 'maria' } }

test('events of a log become figures by channel, agent and team, live and from the history alike', async () => {
  const { clock, store, say, agent, customer } = world()
  const stop = new AbortController()
  const definition = define()
  const groups = [['channel'], ['agent'], ['team']] as const
  const running = runProjection({ store, clock, signal: stop.signal }, fcrProjection({ definition, groups }))
  await agent('maria', {
    type: 'AgentRegistered',
    data: { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['first'], team: 'blue' },
  })
  await say('a', opened('ana', 'whatsapp'), accepted, resolved)
  await say('b', opened('bia', 'webchat'), accepted, resolved)
  await clock.advanceTo(T0 + HOUR)
  await say('c', opened('ana2', 'webchat'), accepted, resolved)
  await customer('ana', {
    type: 'CustomersMerged',
    data: { merged: 'ana2', evidence: { kind: 'agent' } },
  })
  await running.caughtUp()
  running.state.refresh(clock.now() + 8 * DAY)
  const figures = liveReport(running.state, 'channel').cells.map(({ values, figures: f }) => [
    values[0],
    f.closedCohort.rate,
    f.closedCohort.of,
  ])
  assert.equal(figures, [
    ['webchat', 1, 1],
    ['whatsapp', 0, 1],
  ])
  assert.equal(
    liveReport(running.state, 'team').cells.map(({ values }) => values[0]),
    ['blue'],
  )

  const history = await readHistory(store, { definition })
  const report = fcr(history, {
    definition,
    asOf: clock.now() + 8 * DAY,
    known: Number.POSITIVE_INFINITY,
    by: ['channel'],
  })
  assert.equal(report.total.counts, running.state.total)
  stop.abort()
  assert.is((await running.outcome)._tag, 'Ended')
})

test('watching: one judgement for what came together, one when a window is over, none for what changes nothing', async () => {
  const { clock, store, say } = world()
  const stop = new AbortController()
  const running = runProjection(
    { store, clock, signal: stop.signal },
    fcrProjection({ definition: define() }),
  )
  const refreshes: number[] = []
  const seen: string[] = []
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  await running.caughtUp()
  const original = running.state.refresh
  Object.assign(running.state, {
    refresh: (asOf: number) => {
      const transitions = original(asOf)
      refreshes.push(transitions)
      return transitions
    },
  })
  const watching = (async () => {
    for await (const state of watchFcr({ running, clock, signal: stop.signal })) {
      const { success, failed, pending, open } = state.total
      seen.push(`${success}/${failed}/${pending}/${open}`)
    }
  })()
  await settle()
  await say('a', opened('ana', 'whatsapp'), accepted, resolved)
  await settle()
  const before = refreshes.length
  await settle()
  assert.is(refreshes.length, before, 'nothing happened, nothing is judged')
  await clock.advanceTo(T0 + 8 * DAY, settle)
  await settle()
  assert.equal(seen, ['0/0/0/0', '0/0/1/0', '1/0/0/0'])
  assert.equal(refreshes, [0, 1, 1])
  stop.abort()
  await watching
})

test('watching ends when it is told to while its reader is busy, and when the projection ends', async () => {
  const { clock, store } = world()
  const stop = new AbortController()
  const running = runProjection(
    { store, clock, signal: stop.signal },
    fcrProjection({ definition: define() }),
  )
  await running.caughtUp()
  const own = new AbortController()
  for await (const _ of watchFcr({ running, clock, signal: own.signal })) own.abort()
  const other = watchFcr({ running, clock, signal: new AbortController().signal })
  assert.not((await other.next()).done)
  const next = other.next()
  stop.abort()
  assert.ok((await next).done)
})

test('a conversation under the alias of a merged customer is theirs again after the split', async () => {
  const { clock, store, say, customer } = world()
  const definition = define()
  await say('a', opened('ana', 'whatsapp'), accepted, resolved)
  await customer('ana', { type: 'CustomersMerged', data: { merged: 'bia', evidence: { kind: 'agent' } } })
  await clock.advanceTo(T0 + HOUR)
  const again = opened('ana', 'webchat')
  if (again.type !== 'ConversationOpened') throw new Error('It opens nothing.')
  await say('b', { ...again, data: { ...again.data, alias: 'bia' } }, accepted, resolved)
  const question = { definition, asOf: clock.now() + 8 * DAY, known: Number.POSITIVE_INFINITY }
  const solved = async () => fcr(await readHistory(store, { definition }), question).total.closedCohort.rate
  const together = await solved()
  await customer('ana', { type: 'CustomersSplit', data: { split: 'bia', reason: 'two people' } })
  assert.equal([together, await solved()], [0, 1])
})

test.run()
