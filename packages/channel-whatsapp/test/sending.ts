import type { OutboundMessage, SendFault } from '@ramal/channel'
import { answering, type Behaviour, provider } from '@ramal/channel/conformance'
import type { Content } from '@ramal/conversation'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { whatsapp } from '../src/adapter.js'

export const NUMBER = '100200300'
export const taken =
  '{"messages":[{"id":"wamid.OUT"}],"contacts":[{"input":"5511987654321","wa_id":"551187654321","user_id":"BR.1"}]}'

export interface Call {
  readonly method: string
  readonly url: string
  readonly authorization: string
  readonly body: unknown
}

export const adapterAt = (baseUrl: string, more = {}) =>
  whatsapp({
    appSecret: 's',
    verifyToken: 'v',
    accessToken: async () => 'token-of-now',
    numbers: [{ id: NUMBER }],
    apiVersion: 'v99.0',
    baseUrl,
    timeout: 2_000,
    ...more,
  })

/** Runs `use` against a provider that behaves so, and gives back what it was asked. */
export const calling = async (
  behaviour: Behaviour,
  use: (adapter: ReturnType<typeof whatsapp>) => Promise<void>,
  more = {},
): Promise<readonly Call[]> => {
  const calls: Call[] = []
  const server = await provider((request, response, body) => {
    const text = body.toString()
    calls.push({
      method: request.method ?? '',
      url: request.url ?? '',
      authorization: request.headers.authorization ?? '',
      body: request.headers['content-type'] === 'application/json' ? JSON.parse(text) : text,
    })
    behaviour(request, response, body)
  })
  try {
    await use(adapterAt(server.origin, more))
  } finally {
    await server.close()
  }
  return calls
}

export const outbound = (content: Content, more: Partial<OutboundMessage> = {}): OutboundMessage => ({
  message: 'ours-1',
  endpoint: NUMBER,
  to: { kind: 'wa_id', value: '5511987654321' },
  content,
  sender: 'human',
  ...more,
})

export const text: Content = { kind: 'text', text: 'Bom dia' }

export const sentBody = async (message: OutboundMessage, more = {}): Promise<unknown> => {
  const calls = await calling(
    answering(200, taken),
    async (adapter) => {
      const sent = await adapter.send(message)()
      assert.ok(E.isRight(sent), JSON.stringify(sent))
    },
    more,
  )
  assert.is(calls.length, 1)
  return calls[0]?.body
}

export const faultOf = async (behaviour: Behaviour, message = outbound(text)): Promise<SendFault> => {
  let fault: SendFault | undefined
  await calling(behaviour, async (adapter) => {
    const sent = await adapter.send(message)()
    if (E.isLeft(sent)) fault = sent.left
  })
  if (!fault) throw new Error('It was sent.')
  return fault
}
