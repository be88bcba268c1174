import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { ChannelAdapter, ChannelHost } from '@ramal/channel'

const respond = async (
  adapter: ChannelAdapter,
  host: ChannelHost,
  req: IncomingMessage,
  res: ServerResponse,
) => {
  const gone = new AbortController()
  res.on('close', () => gone.abort())
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) headers.set(name, String(value))
  const body =
    req.method === 'GET' || req.method === 'HEAD' ? {} : { body: Readable.toWeb(req), duplex: 'half' }
  const init = { method: req.method ?? 'GET', headers, signal: gone.signal, ...body } as RequestInit
  const response = await adapter.handle!(new Request(`http://127.0.0.1${req.url}`, init), host)
  if (!response) return void res.writeHead(404).end()
  res.writeHead(response.status, Object.fromEntries(response.headers))
  if (!response.body) return void res.end()
  Readable.fromWeb(response.body as never)
    .on('error', () => res.destroy())
    .pipe(res)
}

/** An adapter behind a real server on the loopback, which can be cut off and come back on the same port. */
export const loopback = async (adapter: ChannelAdapter, host: ChannelHost) => {
  let port = 0
  let server: Server
  const start = async () => {
    server = createServer((req, res) => {
      respond(adapter, host, req, res).catch(() => {
        if (res.headersSent) res.destroy()
        else res.writeHead(500).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  /** Every connection breaks, and none is taken until `start`. */
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  await start()
  return { start, cut, server: () => server, base: `http://127.0.0.1:${port}/webhooks/webchat` }
}
