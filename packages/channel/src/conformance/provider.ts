import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stand-in for a provider, on loopback. */
export interface Provider {
  readonly origin: string
  /** How many requests came. */
  readonly requests: () => number
  readonly close: () => Promise<void>
}

/** How it answers a request whose body has come. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

export const provider = async (behaviour: Behaviour): Promise<Provider> => {
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => behaviour(request, response, Buffer.concat(chunks)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const answering =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(body)
  }

/** Takes the request and says nothing. */
export const silent: Behaviour = () => undefined

/** Takes the request and hangs up. */
export const hangingUp: Behaviour = (request) => request.socket.destroy()
