import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DoorOrder, DoorPorts } from './ingest-door.js'

/** The process of a door, as seen by the one that measures it. */
export interface DoorProcess extends DoorPorts {
  /** What it has spent of the processor, in µs. */
  spent(): Promise<number>
  /** Resolves when it has ended, and its file is closed. */
  close(): Promise<void>
}

/** Both servers in it run as docs/how-to/serve.md says for hundreds of webhooks at once: with more room for young objects. */
export const startDoor = async (folder: string): Promise<DoorProcess> => {
  const script = fileURLToPath(new URL('./ingest-door.js', import.meta.url))
  const child = fork(script, [folder], { execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64'] })
  const next = <A>(event: 'message' | 'exit'): Promise<A> =>
    new Promise((resolve, reject) => {
      const gone = () => reject(new Error('The process of the door has ended.'))
      if (event === 'message') child.once('exit', gone)
      child.once(event, (value: A) => {
        child.off('exit', gone)
        resolve(value)
      })
    })
  const ports = await next<DoorPorts>('message')
  const tell = (order: DoorOrder) => void child.send(order)
  return {
    ...ports,
    async spent() {
      const answer = next<number>('message')
      tell('spent')
      return answer
    },
    async close() {
      const ended = next<number>('exit')
      tell('close')
      await ended
    },
  }
}
