/** The thread of a log: opens it, and carries out what the store asks for. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Instant, systemClock } from '@ramal/core'
import type { Log } from './log.js'
import { type LogRequest, openLog } from './open-log.js'
import { type Call, failureOf, type Methods, type Reply } from './protocol.js'

if (!parentPort) throw new Error('This is the thread of a log: use sqliteStore(file, { worker: true }).')
const port = parentPort

// The time comes with the appends, from the clock of the store.
let now: Instant = 0
const clock = { now: () => now, sleep: systemClock.sleep }

const methodsOf = (log: Log) =>
  ({
    append: (requests: readonly string[], time: Instant) => {
      now = time
      return Promise.all(requests.map((text) => log.append(JSON.parse(text)).catch(failureOf)))
    },
    head: log.head,
    streamRows: log.streamRows,
    logRows: log.logRows,
    backup: log.backup,
    compact: log.compact,
    integrity: log.integrity,
    close: log.close,
  }) satisfies Record<keyof Methods, unknown>

const reply = (message: Reply): void => port.postMessage(message)

try {
  const log = await openLog(workerData as LogRequest, clock)
  const methods = methodsOf(log)
  port.on('message', async ({ id, method, args }: Call) => {
    try {
      const work = methods[method] as (...args: readonly unknown[]) => unknown
      reply({ id, value: await work(...args) })
    } catch (error) {
      reply({ id, value: failureOf(error) })
    }
    if (method === 'close') port.close()
  })
  reply({ id: 0, value: log.driver })
} catch (error) {
  reply({ id: 0, value: failureOf(error) })
}
