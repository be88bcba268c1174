import { createHmac } from 'node:crypto'
import { whatsapp } from '@ramal/channel-whatsapp'
import { type EventStore, memoryStore, type Recorded, random, START, uuidOf, virtualClock } from '@ramal/core'
import { type Ramal, type RamalOptions, startRamal } from '../src/index.js'

export const SECRET = 'test-app-secret'
export const NUMBER = '1055501'
export const T0 = Date.UTC(2026, 2, 2, 9)

export const POLICY = {
  name: 'test',
  classification: [{ name: 'all', queue: 'care' }],
  queues: { care: { offerExpiresAfter: 20_000 } },
  channels: { whatsapp: { cost: 1, wrapUp: 10_000 } },
}

export const sign = (body: string): string =>
  `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`

/** A webhook of WhatsApp's shape. */
export const webhook = (value: object): string => {
  const metadata = { display_phone_number: '15550100', phone_number_id: NUMBER }
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '42', changes: [change] }],
  })
}

export const text = (from: string, id: string, body: string, at = T0) => ({
  from,
  id,
  timestamp: String(Math.floor(at / 1000)),
  type: 'text',
  text: { body },
})

export const status = (id: string, what: string, correlation?: string) => ({
  id,
  status: what,
  timestamp: String(Math.floor(T0 / 1000)),
  recipient_id: '15550111',
  biz_opaque_callback_data: correlation,
})

export const request = (body: string, signature: string | undefined = sign(body)): Request =>
  new Request('http://localhost/webhooks/whatsapp', {
    method: 'POST',
    body,
    headers: signature === undefined ? {} : { 'x-hub-signature-256': signature },
  })

export const readLog = async (store: EventStore): Promise<readonly Recorded[]> => {
  const all: Recorded[] = []
  for await (const { events } of store.readAll({ after: START })) all.push(...events)
  return all
}

export interface Desk {
  readonly ramal: Ramal
  readonly store: EventStore
  readonly clock: ReturnType<typeof virtualClock>
  /** What the provider was asked to send. */
  readonly calls: { readonly biz_opaque_callback_data: string; readonly to: string }[]
  post(value: object): Promise<Response>
  advance(ms: number): Promise<void>
  log(): Promise<readonly Recorded[]>
  /** The only offer that an agent has. */
  offer(agent: string): { readonly conversation: string; readonly offer: string }
  readonly trouble: unknown[]
}

/** An engine in memory, on a clock of its own, with a WhatsApp number whose provider is `answer`. */
export const openDesk = async (
  options: Partial<RamalOptions> & { readonly answer?: (n: number) => Response | Promise<Response> } = {},
): Promise<Desk> => {
  const { answer = (n) => Response.json({ messages: [{ id: `wamid.OUT${n}` }] }), ...rest } = options
  const clock = virtualClock(T0)
  const store = options.store ?? memoryStore({ clock })
  const calls: Desk['calls'] = []
  const ids = random(options.name ?? 'desk')
  const trouble: unknown[] = []
  const ramal = await startRamal({
    store,
    clock,
    policy: POLICY,
    patience: 0,
    newId: () => uuidOf(`${ids.next()}/${ids.next()}`),
    onTrouble: (error) => trouble.push(error),
    name: 'desk',
    channels: [
      whatsapp({
        appSecret: SECRET,
        verifyToken: 'check',
        accessToken: 'token',
        numbers: [{ id: NUMBER }],
        clock,
        fetch: async (_, init) => {
          calls.push(JSON.parse(String(init?.body)))
          return answer(calls.length)
        },
      }),
    ],
    ...rest,
  })
  return {
    ramal,
    store,
    clock,
    calls,
    trouble,
    async post(value) {
      const response = await ramal.handle(request(webhook(value)))
      await ramal.settled()
      return response
    },
    advance: (ms) => clock.advanceTo(clock.now() + ms, () => ramal.settled()),
    log: () => readLog(store),
    offer(agent) {
      const { state } = ramal.router
      for (const conversation of state.agents.get(agent)?.offers ?? [])
        for (const [offer] of state.tickets.get(conversation)!.offers) return { conversation, offer }
      throw new Error(`${agent} has no offer.`)
    },
  }
}

export const BIA = { kind: 'human', skills: {}, capacity: { total: 2 }, queues: ['care'] } as const
