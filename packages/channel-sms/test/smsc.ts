import { createRequire } from 'node:module'
import type { AddressInfo, Server } from 'node:net'
import type { Pdu } from '../src/smpp-library.js'

interface ServerSession {
  on(event: string, listener: (pdu: Pdu) => void): void
  send(pdu: Pdu): boolean
  deliver_sm(fields: Readonly<Record<string, unknown>>, answered: (pdu: Pdu) => void): boolean
  data_sm(fields: Readonly<Record<string, unknown>>, answered: (pdu: Pdu) => void): boolean
  destroy(): void
}

const library: {
  createServer(listener: (session: ServerSession) => void): Server
} = createRequire(import.meta.url)('smpp')

export type Submitted = Readonly<Record<string, unknown>>

/** A message centre in this process, from the package `smpp`, on loopback. */
export const startSmsc = async () => {
  const submitted: Submitted[] = []
  let session: ServerSession | undefined
  let binds = 0
  let answer: (pdu: Pdu) => Readonly<Record<string, unknown>> | undefined = () => ({
    message_id: `id${submitted.length}`,
  })
  const server = library.createServer((s) => {
    s.on('error', () => {})
    s.on('bind_transceiver', (pdu) => {
      const refused = pdu.password !== 'secret'
      s.send(pdu.response(refused ? { command_status: 0x0e } : {}))
      if (refused) return
      binds++
      session = s
    })
    s.on('enquire_link', (pdu) => s.send(pdu.response()))
    s.on('unbind', (pdu) => s.send(pdu.response()))
    s.on('submit_sm', (pdu) => {
      submitted.push(pdu)
      const fields = answer(pdu)
      if (fields) s.send(pdu.response(fields))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    submitted,
    binds: () => binds,
    answer: (how: typeof answer) => {
      answer = how
    },
    /** Delivers, and resolves with the status of the answer. */
    deliver: (fields: Readonly<Record<string, unknown>>, command: 'deliver_sm' | 'data_sm' = 'deliver_sm') =>
      new Promise<number>((resolve) => session![command](fields, (pdu) => resolve(pdu.command_status))),
    drop: () => session?.destroy(),
    close: () =>
      new Promise<void>((resolve) => {
        session?.destroy()
        server.close(() => resolve())
      }),
  }
}
