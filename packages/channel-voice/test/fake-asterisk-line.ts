import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export const USER = 'ramal'
export const PASSWORD = 'the-ari-password'
export const APP = 'cc'

const AUTHORIZATION = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`

export type Answer = (method: string, url: URL) => readonly [number, object?]

/** The HTTP and the event socket of ARI on loopback: who is let in, what is answered, how the line breaks. */
export const openLine = async (answer: Answer) => {
  /** What was asked, as `POST channels/1.1/answer`. */
  const requests: string[] = []
  const sockets = new Set<WebSocket>()
  let listening = true
  let deaf = false

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://asterisk')
    requests.push(`${request.method} ${decodeURIComponent(url.pathname).replace('/ari/', '')}`)
    const known = request.headers.authorization === AUTHORIZATION
    const [status, body] = known ? answer(request.method ?? 'GET', url) : [401, { message: 'Unauthorized' }]
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  })
  const upgrades = new WebSocketServer({ noServer: true, autoPong: false })
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://asterisk')
    const known = request.headers.authorization === AUTHORIZATION && url.searchParams.get('app') === APP
    if (!known || !listening) {
      socket.end(`HTTP/1.1 ${known ? 503 : 401} No\r\n\r\n`)
      return
    }
    upgrades.handleUpgrade(request, socket, head, (opened) => {
      opened.on('ping', (data) => {
        if (!deaf) opened.pong(data)
      })
      opened.on('close', () => sockets.delete(opened))
      sockets.add(opened)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => sockets.size,
    /** To all who listen; nothing that happens while nobody does is repeated. */
    tell(text: string) {
      for (const socket of sockets) socket.send(text)
    },
    /** The connection breaks. */
    drop() {
      for (const socket of sockets) socket.terminate()
    },
    /** No longer lets anybody in, or does again. */
    listen(on: boolean) {
      listening = on
    },
    /** No longer answers signs of life. */
    deafen() {
      deaf = true
    },
    async close() {
      for (const socket of sockets) socket.terminate()
      upgrades.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
