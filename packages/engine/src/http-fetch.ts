import { type Answer, type Desk, isAnswer, MOST_BYTES } from './http-desk.js'

/** A request to a response, for any server that speaks the Fetch API. */
export type FetchHandler = (request: Request) => Promise<Response>

const respond = ({ status, headers, body }: Answer): Response =>
  new Response(body ?? null, headers ? { status, headers } : { status })

/** The body, or nothing when it is longer than is read: what comes after that is not even looked at. */
const readBody = async (request: Request): Promise<Uint8Array | undefined> => {
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) return undefined
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length
    if (size > MOST_BYTES) {
      await reader.cancel().catch(() => {})
      return undefined
    }
    chunks.push(part.value)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

export const fetchHandler =
  (desk: Desk): FetchHandler =>
  async (request) => {
    const { method, url, headers } = request
    const found = desk.find(new URL(url).pathname)
    if (isAnswer(found)) return respond(found)
    try {
      const own = await desk.own(found, request)
      if (own) return own
      const body = await readBody(request)
      const raw = body && { method, url, headers, body }
      return respond(await new Promise((answer) => desk.webhook(found, raw, answer)))
    } catch (error) {
      return respond(desk.broken(error))
    }
  }
