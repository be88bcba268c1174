/**
 * The process that sends the webhooks of the bench `ingest`: bare sockets, so that it costs less than what it
 * measures. Told what to do by its parent.
 */
import { connect, type Socket } from 'node:net'
import { random } from '@ramal/core'
import { type Sent, type Webhook, webhookAt } from './ingest-mix.js'

export type Order =
  | { readonly do: 'prepare'; readonly from: number; readonly count: number; readonly sent: readonly Sent[] }
  /** As fast as it is answered. */
  | { readonly do: 'closed'; readonly port: number; readonly connections: number }
  /** At moments of its own, as many a second as `rate`, however long the answers take. */
  | { readonly do: 'open'; readonly port: number; readonly connections: number; readonly rate: number }

export interface Done {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>
  /** In ms, from when each should have been sent; nothing of a closed run. */
  readonly latencies: readonly number[]
}

const encode = ({ path, contentType, signature, body }: Webhook): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: bench.example\r\nuser-agent: facebookexternalua\r\naccept: */*\r\n` +
      `content-type: ${contentType}\r\n${signature[0]}: ${signature[1]}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )

/** The status of a whole answer; nothing while some of it is missing. */
const statusOf = (answer: string): number | undefined => {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)
  const whole = length ? answer.length >= end + 4 + Number(length[1]) : answer.endsWith('0\r\n\r\n')
  return whole ? Number(answer.slice(9, 12)) : undefined
}

let requests: readonly Buffer[] = []

interface Line {
  readonly send: (request: Buffer, answered: (status: number) => void) => void
  readonly end: () => void
}

const openLine = (port: number): Promise<Line> =>
  new Promise((resolve, reject) => {
    let waiting: ((status: number) => void) | undefined
    let answer = ''
    const socket: Socket = connect(port, '127.0.0.1', () =>
      resolve({
        send(request, answered) {
          // What nobody will answer is said: waited for, it would never end.
          if (socket.destroyed) return answered(0)
          waiting = answered
          socket.write(request)
        },
        end: () => socket.destroy(),
      }),
    )
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.on('close', () => waiting?.(0))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      const status = statusOf(answer)
      if (status === undefined) return
      answer = ''
      const answered = waiting
      waiting = undefined
      answered?.(status)
    })
  })

const closedRun = (lines: readonly Line[]): Promise<Done> =>
  new Promise((resolve) => {
    const statuses: Record<number, number> = {}
    let next = 0
    let answered = 0
    const go = (line: Line) => {
      const request = requests[next++]
      if (!request) return
      line.send(request, (status) => {
        statuses[status] = (statuses[status] ?? 0) + 1
        if (++answered === requests.length) resolve({ statuses, latencies: [] })
        else go(line)
      })
    }
    for (const line of lines) go(line)
  })

/** When each request is due, in ms from the start: independent senders, so the gaps are exponential. */
const schedule = (rate: number): readonly number[] => {
  const dice = random('schedule')
  let at = 0
  return requests.map(() => {
    at += (-Math.log(1 - dice.fraction()) * 1_000) / rate
    return at
  })
}

const openRun = (lines: readonly Line[], rate: number): Promise<Done> =>
  new Promise((resolve) => {
    const statuses: Record<number, number> = {}
    const latencies: number[] = []
    const due = schedule(rate)
    const free = [...lines]
    const start = performance.now()
    let next = 0
    const sendDue = () => {
      const now = performance.now() - start
      while (next < requests.length && due[next]! <= now && free.length > 0) {
        const line = free.pop()!
        const at = due[next]!
        line.send(requests[next++]!, (status) => {
          latencies.push(performance.now() - start - at)
          statuses[status] = (statuses[status] ?? 0) + 1
          free.push(line)
          if (latencies.length === requests.length) resolve({ statuses, latencies })
          else sendDue()
        })
      }
    }
    const tick = () => {
      sendDue()
      if (next < requests.length) setTimeout(tick, 1)
    }
    tick()
  })

const obey = async (order: Order): Promise<Done> => {
  if (order.do === 'prepare') {
    const { from, count, sent } = order
    requests = Array.from({ length: count }, (_, i) => encode(webhookAt(from + i, sent)))
    return { statuses: {}, latencies: [] }
  }
  const lines = await Promise.all(Array.from({ length: order.connections }, () => openLine(order.port)))
  try {
    return order.do === 'closed' ? await closedRun(lines) : await openRun(lines, order.rate)
  } finally {
    for (const line of lines) line.end()
  }
}

process.on('message', (order: Order) => {
  void obey(order).then((done) => process.send?.(done))
})
// Whoever asked is gone.
process.on('disconnect', () => process.exit())
