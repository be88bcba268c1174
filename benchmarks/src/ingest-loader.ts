import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Done, Order } from './ingest-load.js'
import type { Sent } from './ingest-mix.js'

/** The process that sends, as seen by the one that is measured. Rejects when a webhook was not answered with 200. */
export interface Loader {
  /** Webhooks `from` and after: made and signed before they are needed. */
  prepare(from: number, count: number, sent: readonly Sent[]): Promise<void>
  closed(port: number, connections: number): Promise<void>
  /** At `rate` a second. @returns latencies in ms, from when each should have been sent */
  open(port: number, connections: number, rate: number): Promise<readonly number[]>
  end(): void
}

export const startLoader = (): Loader => {
  const child = fork(fileURLToPath(new URL('./ingest-load.js', import.meta.url)), { execArgv: [] })
  const order = (what: Order): Promise<Done> =>
    new Promise((resolve, reject) => {
      const gone = () => reject(new Error('The process that sends has ended.'))
      child.once('exit', gone)
      child.once('message', (done: Done) => {
        child.off('exit', gone)
        resolve(done)
      })
      child.send(what)
    })
  const run = async (what: Order): Promise<Done> => {
    const done = await order(what)
    const others = Object.keys(done.statuses).filter((status) => status !== '200')
    if (others.length > 0) throw new Error(`Webhooks were answered with ${JSON.stringify(done.statuses)}.`)
    return done
  }
  return {
    async prepare(from, count, sent) {
      await order({ do: 'prepare', from, count, sent })
    },
    async closed(port, connections) {
      await run({ do: 'closed', port, connections })
    },
    open: async (port, connections, rate) => (await run({ do: 'open', port, connections, rate })).latencies,
    end: () => void child.kill(),
  }
}
