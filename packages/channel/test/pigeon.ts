import { createHmac } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ChannelAdapter } from '../src/adapter.js'
import { finish, parseJson, unreadable } from '../src/body.js'
import type { ChannelEvent } from '../src/channel-event.js'
import type { Subject } from '../src/conformance/check.js'
import { verifyHmac } from '../src/hmac.js'
import { call, faultOfStatus } from '../src/http.js'
import { id, shape } from '../src/lenient.js'

const SECRET = 'ring-of-the-pigeon'
const TOKEN = 'seed-of-the-pigeon'
const letter = shape({ id, from: id, text: t.string })

/** An adapter that is right, for a provider that does not exist. */
export const pigeon = (origin: string, timeout: number): ChannelAdapter => ({
  channel: 'pigeon',
  id: 'pigeon',
  endpoints: [{ id: 'loft', capabilities: { maxText: 160 } }],
  verify: (request) =>
    verifyHmac(request, { header: 'x-ring', algorithm: 'sha256', encoding: 'hex', secrets: [SECRET] }),
  decode: ({ body }, receivedAt) => {
    const parsed = parseJson(body)
    const read = E.isRight(parsed) ? letter.decode(parsed.right) : undefined
    if (!read || E.isLeft(read)) return [unreadable('pigeon', body, 'It is no letter.', receivedAt)]
    const { id: name, from, text } = read.right
    const event: ChannelEvent = {
      kind: 'message',
      dedupeKey: `pigeon:${name}`,
      at: receivedAt,
      endpoint: 'loft',
      peer: [{ kind: 'external_id', scope: 'pigeon', value: from }],
      providerId: name,
      content: { kind: 'text', text },
    }
    return finish([event], body.length)
  },
  send: (message) => async () => {
    const sent = await call(
      {
        method: 'POST',
        url: `${origin}/fly`,
        headers: { authorization: `Bearer ${TOKEN}` },
        body: message.message,
      },
      { timeout, secrets: [TOKEN] },
    )
    if (E.isLeft(sent)) return sent
    const { status, text } = sent.right
    if (status !== 200) return E.left(faultOfStatus(sent.right, 0))
    return /^\d+$/.test(text)
      ? E.right({ providerId: text })
      : E.left({ class: 'uncertain', reason: 'The pigeon brought back no number.' })
  },
})

const request = (json: object) => {
  const body = Buffer.from(JSON.stringify(json))
  const signature = createHmac('sha256', SECRET).update(body).digest('hex')
  return { method: 'POST', url: '/', headers: new Headers({ 'x-ring': signature }), body }
}

export const subjectOf = (open: Subject['open']): Subject => ({
  open,
  requests: [request({ id: 1, from: 'ana', text: 'Olá' }), request({ id: 2, from: 'bia', text: 'Oi' })],
  sending: {
    message: {
      message: 'ours-1',
      endpoint: 'loft',
      to: { kind: 'external_id', scope: 'pigeon', value: 'ana' },
      content: { kind: 'text', text: 'Bom dia' },
      sender: 'human',
    },
    accepted: { status: 200, body: '42' },
  },
  secrets: [SECRET, TOKEN],
})
