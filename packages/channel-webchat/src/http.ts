/** What a browser is told when it cannot have what it asked for. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** For programs; the message is for people. */
  readonly code: string
  /** In ms. */
  readonly retryAfter: number | undefined
  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  })

export const problemBody = ({ code, message }: Problem) => ({ error: { code, message } })

export const problemResponse = (problem: Problem): Response =>
  json(
    problem.status,
    problemBody(problem),
    problem.retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(problem.retryAfter / 1000)) },
  )

/** The body, of at most `limit` bytes; no more than that is read. @throws Problem 413 */
export const readBody = async (request: Request, limit: number): Promise<Uint8Array> => {
  const tooLarge = () => new Problem(413, 'too_large', `The body is larger than ${limit} bytes.`)
  if (Number(request.headers.get('content-length')) > limit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The body as JSON. @throws Problem 400 */
export const readJson = async (request: Request, limit: number): Promise<unknown> => {
  const bytes = await readBody(request, limit)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Problem(400, 'malformed', 'The body is not JSON in UTF-8.')
  }
}
