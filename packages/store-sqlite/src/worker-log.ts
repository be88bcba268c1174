import { Worker } from 'node:worker_threads'
import { type Appended, type Clock, type Conflict, encodeRecorded, START, StoreError } from '@ramal/core'
import type { Either } from 'fp-ts/lib/Either.js'
import type { DriverName } from './driver.js'
import type { Log } from './log.js'
import type { LogRequest } from './open-log.js'
import { errorOf, isFailure, type Method, type Methods, type Reply } from './protocol.js'
import type { Append } from './writer.js'

interface Waiting {
  resolve(value: unknown): void
  reject(error: StoreError): void
}

interface WaitingAppend {
  readonly text: string
  resolve(result: Either<Conflict, Appended>): void
  reject(error: unknown): void
}

const ENTRY = new URL('./worker.js', import.meta.url)

/** @throws StoreError `invalid`, naming the event that does not encode */
const encode = (request: Append): string => {
  try {
    return JSON.stringify(request)
  } catch (cause) {
    for (const { stream, events } of request.writes)
      for (const event of events) encodeRecorded(event, stream, 0, START, 0)
    throw new StoreError('invalid', 'An append does not encode as JSON.', { cause })
  }
}

/** Calls into a thread. It keeps the process alive only while a call is under way. */
const callsTo = (worker: Worker, file: string) => {
  const waiting = new Map<number, Waiting>()
  let ids = 0
  let broken: StoreError | undefined

  const wait = <T>(id: number): Promise<T> =>
    new Promise((resolve, reject) => {
      if (broken) return reject(broken)
      if (waiting.size === 0) worker.ref()
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
    })

  const fail = (cause: unknown) => {
    broken ??= new StoreError(
      'unavailable',
      `The thread of ${file} ended: ${cause instanceof Error ? cause.message : cause}; open the store again.`,
      { cause },
    )
    for (const { reject } of waiting.values()) reject(broken)
    waiting.clear()
  }

  worker.on('message', ({ id, value }: Reply) => {
    const call = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    if (isFailure(value)) call?.reject(errorOf(value))
    else call?.resolve(value)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(`it ended with ${code}`))

  return {
    opened: wait<DriverName>(0),
    call: <M extends Method>(method: M, ...args: Parameters<Methods[M]>) => {
      const id = ++ids
      const reply = wait<Awaited<ReturnType<Methods[M]>>>(id)
      if (!broken) worker.postMessage({ id, method, args })
      return reply
    },
  }
}

/** A log in a thread of its own. @throws StoreError */
export const openWorkerLog = async (request: LogRequest, clock: Clock): Promise<Log> => {
  const worker = new Worker(ENTRY, { workerData: request })
  const { opened, call } = callsTo(worker, request.file)
  let driver: DriverName
  try {
    driver = await opened
  } catch (error) {
    await worker.terminate()
    throw error
  }

  let queue: WaitingAppend[] = []
  /** Appends of one turn go in one message. */
  const sendAppends = () => {
    const batch = queue
    queue = []
    if (batch.length === 0) return
    call(
      'append',
      batch.map((append) => append.text),
      clock.now(),
    ).then(
      (results) => {
        for (const [i, { resolve, reject }] of batch.entries()) {
          const result = results[i]!
          if (isFailure(result)) reject(errorOf(result))
          else resolve(result)
        }
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error)
      },
    )
  }

  return {
    driver,
    append: (request) =>
      new Promise((resolve, reject) => {
        const text = encode(request)
        if (queue.length === 0) setImmediate(sendAppends)
        queue.push({ text, resolve, reject })
      }),
    head: () => call('head'),
    streamRows: (...args) => call('streamRows', ...args),
    logRows: (...args) => call('logRows', ...args),
    backup: (toFile) => call('backup', toFile),
    compact: () => call('compact'),
    integrity: () => call('integrity'),
    async close() {
      sendAppends()
      try {
        await call('close')
      } finally {
        await worker.terminate()
      }
    },
  }
}
