import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A shop's page, on an origin of its own, with the chat on it. */
export const shopPage = async () => {
  let html = ''
  const server = createServer((_, res) =>
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    show: (body: string) => {
      html = `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>${body}</html>`
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
