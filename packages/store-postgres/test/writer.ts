/**
 * A process that writes until it is killed. Every append goes to two streams; once it is acknowledged, its ids go to
 * the journal, in a write that a killed process leaves whole.
 *
 *     writer.ts URL SCHEMA JOURNAL
 */
import { openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshId, type StreamName } from '@ramal/core'
import { postgresStore } from '../src/index.js'
import { event } from './events.js'

const [url = '', schema = '', journal = ''] = process.argv.slice(2)
const store = await postgresStore({ url, schema })
const file = openSync(journal, 'a')

const writeOn = async (): Promise<never> => {
  const own: StreamName = `own-${freshId()}`
  for (let version = -1; ; version++) {
    const command = freshId()
    const ids = [0, 1, 2].map((n) => `${command.slice(0, -1)}${n}`)
    const [first, second, third] = ids.map((id) => event({ command }, { id }))
    const answer = await store.append([
      { stream: own, expected: version < 0 ? 'empty' : { at: version }, events: [first!] },
      { stream: 'shared-1', expected: 'any', events: [second!, third!] },
    ])
    if (answer._tag === 'Left') throw new Error(`An append was refused: ${JSON.stringify(answer.left)}`)
    writeSync(file, `${ids.join(' ')}\n`)
    // Enough to be in the middle of something at any moment; not so much that little else gets the processor.
    await sleep(Math.random() * 20)
  }
}

process.send?.('writing')
await Promise.all(Array.from({ length: 4 }, writeOn))
