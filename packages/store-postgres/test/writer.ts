/**
 * A process that writes until it is killed, once it is told to. Whatever is acknowledged, its ids go to the journal,
 * in a write that a killed process leaves whole.
 *
 *     writer.ts URL SCHEMA JOURNAL
 */
import { once } from 'node:events'
import { openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshId, type StreamName, type Write } from '@ramal/core'
import { postgresStore } from '../src/index.js'
import { event } from './events.js'

const [url = '', schema = '', journal = ''] = process.argv.slice(2)
const store = await postgresStore({ url, schema })
const file = openSync(journal, 'a')

const append = async (writes: readonly Write[]) => {
  const answer = await store.append(writes)
  if (answer._tag === 'Left') throw new Error(`An append was refused: ${JSON.stringify(answer.left)}`)
  writeSync(file, `${writes.flatMap(({ events }) => events.map(({ meta }) => meta.id)).join(' ')}\n`)
}

/** The events of one append, which tell how many they are. */
const eventsOf = (count: number) => {
  const command = freshId()
  return Array.from({ length: count }, () => event({ command, count }))
}

/** Three events to two streams each time. */
const writeWide = async (end: number): Promise<void> => {
  const own: StreamName = `own-${freshId()}`
  for (let version = -1; performance.now() < end; version++) {
    const [first, ...others] = eventsOf(3)
    await append([
      { stream: own, expected: version < 0 ? 'empty' : { at: version }, events: [first!] },
      { stream: 'shared-1', expected: 'any', events: others },
    ])
    // Enough to be in the middle of something at any moment; not so much that little else gets the processor.
    await sleep(Math.random() * 20)
  }
}

/** One event after the other: where no other process writes, by the way of a store that writes alone. */
const writeSingly = async (end: number): Promise<void> => {
  const own: StreamName = `own-${freshId()}`
  for (let version = -1; performance.now() < end; version++) {
    await append([{ stream: own, expected: version < 0 ? 'empty' : { at: version }, events: eventsOf(1) }])
    await sleep(Math.random() * 2)
  }
}

process.send?.('ready')
await once(process, 'message')
for (;;) {
  await writeSingly(performance.now() + 200)
  const end = performance.now() + 100
  await Promise.all(Array.from({ length: 4 }, () => writeWide(end)))
}
