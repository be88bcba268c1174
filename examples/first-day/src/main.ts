/**
 * A morning at a contact center, and who comes back within the week. Everything is real but the clock, which
 * jumps, and the provider, which is a stand-in on loopback.
 *
 *     node dist/main.js [--log FILE] [--seed TEXT]
 *
 * With a log of an earlier run, even of one that was killed, it goes on where that one was.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { START, systemClock, virtualClock } from '@ramal/core'
import { formatReport } from '@ramal/fcr'
import { explainInWords } from '@ramal/routing'
import { type SqliteStore, sqliteStore } from '@ramal/store-sqlite'
import { isSome } from 'fp-ts/lib/Option.js'
import { openCentre } from './centre.js'
import { customersOf, openMemory } from './customers.js'
import { MORNING, TWO_DAYS_LATER } from './day.js'
import { brokenPromises, count } from './figures.js'
import { closeTheDay, play, type Stage, signEverybodyIn } from './play.js'
import { startProvider } from './provider.js'

const DAY = 86_400_000
const OPENING = Date.UTC(2026, 2, 2, 9)

const { values: args } = parseArgs({
  options: { log: { type: 'string' }, seed: { type: 'string', default: 'first day' } },
})
const file = args.log ?? join(mkdtempSync(join(tmpdir(), 'ramal-first-day-')), 'log.db')
const resumed = existsSync(file)
const begun = systemClock.now()
const title = (text: string) => console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 74 - text.length))}`)

/** The time at which an earlier run was left, and how many runs there were. */
const lastOf = async (store: SqliteStore): Promise<{ readonly at: number; readonly runs: number }> => {
  let at = OPENING
  let runs = 0
  for await (const { events } of store.readAll({ after: START }))
    for (const event of events) {
      at = Math.max(at, event.recordedAt, event.meta.at)
      if (event.type === 'TermStarted') runs++
    }
  return { at, runs }
}

const clock = virtualClock(OPENING)
const store = await sqliteStore(file, { clock })
const last = await lastOf(store)
await clock.advanceTo(last.at)
const memory = openMemory(`${file}.customers`)
const provider = await startProvider(`run${last.runs}`)
const centre = await openCentre(store, clock, args.seed, `run${last.runs}`, provider.url)
const { ramal } = centre
const stamp = () => new Date(clock.now()).toISOString().slice(8, 19).replace('T', ' ')
const stage: Stage = {
  ramal,
  clock,
  provider,
  memory,
  resumed,
  customers: customersOf(centre.url, memory),
  customerOf: async (name) => (await count(store)).customers.get(name),
  say: (line) => console.log(`  ${stamp()}  ${line}`),
}

title(resumed ? `The log ${file} goes on` : 'A Monday in March, nine o’clock')
await signEverybodyIn(stage)
await play(stage, OPENING, MORNING)
await closeTheDay(stage)
title('On Wednesday somebody comes back, on the other channel')
await play(stage, OPENING + 2 * DAY, TWO_DAYS_LATER)
await closeTheDay(stage)
const screen = await stage.customers.screen('carla')
await clock.advanceTo(Math.max(clock.now(), OPENING + 12 * DAY), () => ramal.settled())
await ramal.settled()

const counted = await count(store)
title('What happened')
const of = (type: string) => counted.byType.get(type) ?? 0
console.log(
  `  ${of('ConversationOpened')} conversations of ${of('CustomerIdentified')} customers, ${of('MessageReceived')} messages in, ${of('MessageSent')} sent, ${of('DeliveryAdvanced')} reports of delivery`,
)
console.log(
  `  ${of('OfferIssued')} offers: ${of('OfferAccepted')} accepted, ${of('OfferDeclined')} declined, ${of('OfferExpired')} lapsed; ${of('SendUncertain')} sends uncertain`,
)
for (const [reason, times] of ramal.refusals)
  console.log(`  refused ${times} ${times === 1 ? 'request' : 'requests'} (${reason})`)
console.log(`  Carla’s chat shows ${screen.length} messages, read from the log`)

title('Waiting for an agent')
for (const [channel, waits] of [...counted.waits].sort()) {
  const mean = waits.reduce((sum, ms) => sum + ms, 0) / waits.length
  console.log(
    `  ${channel.padEnd(10)} ${waits.length} times, mean ${(mean / 1000).toFixed(1)} s, longest ${(Math.max(...waits) / 1000).toFixed(1)} s`,
  )
}

title('First-contact resolution, by channel')
console.log(formatReport(await ramal.fcrReport({ asOf: clock.now(), by: ['channel'] })))

title('Why did this ticket go to this agent?')
const explained = counted.best && (await ramal.explain(counted.best.conversation, counted.best.offer))
for (const line of explained && isSome(explained) ? explainInWords(explained.value) : [])
  console.log(`  ${line}`)

title('The log')
console.log(`  ${counted.events} events in ${file}`)
console.log(`  sqlite3 "${file}" "select * from log limit 20"`)
console.log(`  Start again with --log "${file}" to go on with it, even after kill -9.`)

title('Every decision, decided again from the log')
const verified = await ramal.verify()
console.log(
  `  ${verified.passes} passes with ${verified.decisions} decisions, ${verified.differences.length} differ`,
)
for (const difference of verified.differences) console.log(`  ${JSON.stringify(difference)}`)

const broken = brokenPromises(counted, memory)
const open = of('ConversationOpened') - of('ConversationClosed')
const forged = counted.received.get('wamid.IN.evil') ?? 0
const promises: readonly (readonly [string, boolean])[] = [
  [`${memory.acknowledged.size} acknowledged messages are in the log, each once`, broken.length === 0],
  ['the forged message is not', forged === 0],
  ['every conversation came to its end', open === 0],
  ['every decision comes out the same again', verified.differences.length === 0 && verified.passes > 0],
]
title('Promises')
for (const [promise, kept] of promises) console.log(`  ${kept ? 'kept  ' : 'BROKEN'} ${promise}`)
await centre.stop()
await provider.stop()
await store.close()
console.log(`\n  ${((systemClock.now() - begun) / 1000).toFixed(1)} s\n`)
process.exitCode = promises.every(([, kept]) => kept) ? 0 : 1
