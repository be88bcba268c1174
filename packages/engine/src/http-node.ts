import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import type { ChannelAdapter, RawRequest } from '@ramal/channel'
import { type Answer, type Desk, isAnswer, MOST_BYTES } from './http-desk.js'
import type { FetchHandler } from './http-fetch.js'

/** For `createServer` of `node:http` and `node:https`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void

const respond = (response: ServerResponse, { status, headers, body = '' }: Answer): void => {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

/** Looked up where they came, because an object of all of them costs more than the two that are asked for. */
const headersOf = (raw: readonly string[]): RawRequest['headers'] => ({
  get(name) {
    const wanted = name.toLowerCase()
    let found: string | null = null
    for (let i = 0; i < raw.length; i += 2) {
      const field = raw[i]!
      if (field.length !== wanted.length || field.toLowerCase() !== wanted) continue
      found = found === null ? raw[i + 1]! : `${found}, ${raw[i + 1]}`
    }
    return found
  },
})

/** Calls back with the body, or with nothing when it is longer than is read. Never, when the sender hangs up. */
const readBody = (
  request: IncomingMessage,
  headers: RawRequest['headers'],
  then: (body: Buffer | undefined) => void,
): void => {
  if (Number(headers.get('content-length') ?? 0) > MOST_BYTES) return then(undefined)
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MOST_BYTES) return void chunks.push(chunk)
    request.removeAllListeners('data').removeAllListeners('end').pause()
    then(undefined)
  })
  request.on('end', () => then(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
}

const pathOf = (url: string): string => {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** The request for channels with a protocol of their own; its signal aborts when the other side is gone. */
const toFetch = (request: IncomingMessage, gone: AbortSignal): Request => {
  const { method = 'GET', url = '/', headers: given } = request
  const headers = new Headers()
  for (const [name, value] of Object.entries(given))
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, one)
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const body = hasBody ? { body: Readable.toWeb(request), duplex: 'half' } : {}
  // Only its path and query count: who a request says it is for is not believed.
  return new Request(new URL(url, 'http://localhost'), {
    method,
    headers,
    signal: gone,
    ...body,
  } as RequestInit)
}

const pass = async (from: Response, to: ServerResponse): Promise<void> => {
  const headers: Record<string, string | string[]> = Object.fromEntries(from.headers)
  const cookies = from.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  to.writeHead(from.status, headers)
  if (from.body) await pipeline(Readable.fromWeb(from.body as ReadableStream), to)
  else to.end()
}

/**
 * Webhooks without the objects of the Fetch API, which cost more than storing what a webhook says. Channels with a
 * protocol of their own get their requests in Fetch, as everywhere.
 */
export const nodeListener = (desk: Desk, handle: FetchHandler): NodeListener => {
  const webhook = (adapter: ChannelAdapter, request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '/' } = request
    const headers = headersOf(request.rawHeaders)
    readBody(request, headers, (body) => {
      // Of what is too large the rest is not read: the connection ends with the answer.
      if (!body) response.setHeader('connection', 'close')
      desk.webhook(adapter, body && { method, url, headers, body }, (answer) => respond(response, answer))
    })
  }

  const bridge = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    try {
      await pass(await handle(toFetch(request, gone.signal)), response)
    } catch {
      // The other side went away, or what it was sent broke off: it sees that the answer is not whole.
      response.destroy()
    }
  }

  return (request, response) => {
    const found = desk.find(pathOf(request.url ?? '/'))
    if (isAnswer(found)) respond(response, found)
    else if (found.handle) void bridge(request, response)
    else webhook(found, request, response)
  }
}
