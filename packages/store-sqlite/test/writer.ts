/**
 * Waits for "go", then appends as eight writers until it is killed. What was acknowledged goes into a journal, whose
 * lines the operating system has as soon as they are written: a kill takes none back.
 */
import { randomUUID } from 'node:crypto'
import { openSync, writeSync } from 'node:fs'
import type { StreamName } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type DriverName, sqliteStore } from '../src/index.js'
import { event, gather } from './support.js'

const [file = '', driver, journal = ''] = process.argv.slice(2)
const lines = openSync(journal, 'a')

const write = async (): Promise<void> => {
  const store = await sqliteStore(file, { driver: driver as DriverName })
  process.send?.('writing')
  const writer = async (n: number): Promise<never> => {
    const stream: StreamName = `kill-${n}`
    let version = (await gather(store.read(stream))).length - 1
    for (;;) {
      const command = randomUUID()
      const events = [0, 1, 2].map((i) =>
        event({ command, n, text: 'x'.repeat(n * 40) }, { id: `${command}-${i}` }),
      )
      const expected = version < 0 ? 'empty' : { at: version }
      // A second stream, which all writers share, is written in the same append.
      const shared = event({ command, n }, { id: `${command}-3`, once: true })
      const result = await store.append([
        { stream, expected, events },
        { stream: 'shared-all', expected: 'any', events: [shared] },
      ])
      if (E.isLeft(result)) throw new Error(`A writer with a stream of its own met ${JSON.stringify(result)}`)
      version += events.length
      writeSync(lines, `${[...events, shared].map((e) => e.meta.id).join('\n')}\n`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, n) => writer(n)))
}

process.once('message', () => void write())
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
