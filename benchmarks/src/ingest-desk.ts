import { join } from 'node:path'
import type { ChannelAdapter } from '@ramal/channel'
import { START } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import * as E from 'fp-ts/lib/Either.js'
import { type NodeListener, startRamal } from 'ramal'
import {
  type Fact,
  messengerText,
  mobile,
  POOL,
  person,
  phone,
  type Sent,
  twilioSms as smsWebhook,
  type Webhook,
  webhookAt,
  whatsappText,
} from './ingest-mix.js'
import { adapters } from './ingest-servers.js'

const policy = {
  name: 'bench',
  classification: [{ queue: 'care' }],
  queues: { care: { offerExpiresAfter: 3_600_000 } },
}

const AGENTS = 50

/** The provider is not called: it takes every message at once. */
const sendingNowhere = (adapter: ChannelAdapter): ChannelAdapter => ({
  ...adapter,
  send:
    ({ message }) =>
    async () =>
      E.right({ providerId: `wamid.${message}` }),
})

/** Carries out tasks, so many at a time. */
const inParallel = async (tasks: readonly (() => Promise<void>)[], most = 256): Promise<void> => {
  const left = [...tasks].reverse()
  const work = async () => {
    for (let task = left.pop(); task; task = left.pop()) await task()
  }
  await Promise.all(Array.from({ length: most }, work))
}

const nameOf = (fact: Fact): string =>
  fact.type === 'MessageReceived' ? fact.providerId : `${fact.providerId} ${fact.to}`

export interface BenchDesk {
  readonly listener: NodeListener
  /** Messages that were sent to customers of WhatsApp, in order. */
  readonly sent: readonly Sent[]
  /** How many events there are about what customers and providers said. */
  events(): Promise<number>
  /** Whether all webhooks from one number to another are in the log, each once. Throws what is missing. */
  check(from: number, to: number): Promise<void>
  /** Starts an engine on what another process has written. Resolves, when that is taken in, with the time in ms. */
  takeIn(): Promise<number>
  /** Ends the engine and closes the file. */
  close(): Promise<void>
}

/** An engine whose customers have all written once, and have been answered so many times by WhatsApp. */
export const openDesk = async (folder: string, answers: number): Promise<BenchDesk> => {
  const file = join(folder, 'log.db')
  let store = await sqliteStore(file)
  const all = adapters()
  const startEngine = () => startRamal({ store, policy, patience: 0, channels: all.map(sendingNowhere) })
  const ramal = await startEngine()
  const capacity = { total: 1_000_000 }
  for (let i = 0; i < AGENTS; i++)
    await ramal.signIn(`agent${i}`, { kind: 'human', skills: {}, capacity, queues: ['care'] })

  const conversations = new Map<string, string>()
  const begin = async (who: string, { path, body }: Webhook): Promise<void> => {
    const adapter = all.find(({ id }) => path.endsWith(id))!
    const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' })
    const request = { method: 'POST', url: path, headers, body: Buffer.from(body) }
    const [ingested] = await ramal.ingest(adapter.channel, adapter.decode(request, Date.now()))
    conversations.set(who, ingested!.conversation!)
  }
  const people = (count: number, nameOf: (i: number) => string, first: (n: number, who: string) => Webhook) =>
    Array.from({ length: count }, (_, i) => () => begin(nameOf(i), first(1e9 + i, nameOf(i))))
  await inParallel([
    ...people(POOL.whatsapp, phone, whatsappText),
    ...people(POOL.messenger, person, messengerText),
    ...people(POOL.sms, mobile, smsWebhook),
  ])

  const sent = Array.from({ length: answers }, (_, i): Sent => {
    const to = phone(i % POOL.whatsapp)
    const message = `${conversations.get(to)!}.answer${i}`
    return { message, providerId: `wamid.${message}`, to }
  })
  await inParallel(
    sent.map(({ message, to }) => async () => {
      const content = { kind: 'text', text: 'It is on its way.' } as const
      const command = { type: 'send', message, content, by: { kind: 'bot', id: 'desk' } } as const
      const result = await ramal.conversation(conversations.get(to)!, command)
      if (E.isLeft(result)) throw new Error(`An answer was refused: ${JSON.stringify(result.left)}.`)
    }),
  )
  await ramal.settled()

  const facts = async (): Promise<ReadonlyMap<string, number>> => {
    const found = new Map<string, number>()
    const types = ['MessageReceived', 'DeliveryAdvanced']
    for await (const { events } of store.readAll({ after: START, types }))
      for (const { type, data } of events) {
        const name = nameOf({ type, ...(data as object) } as Fact)
        found.set(name, (found.get(name) ?? 0) + 1)
      }
    return found
  }

  let serving: Pick<typeof ramal, 'listener' | 'stop'> = ramal
  return {
    listener: (request, response) => serving.listener(request, response),
    sent,
    events: async () => [...(await facts()).values()].reduce((sum, count) => sum + count, 0),
    async check(from, to) {
      const found = await facts()
      for (let n = from; n < to; n++) {
        const name = nameOf(webhookAt(n, sent).fact)
        const times = found.get(name) ?? 0
        if (times !== 1) throw new Error(`Webhook ${n} (${name}) is ${times} times in the log.`)
      }
    },
    async takeIn() {
      store = await sqliteStore(file)
      const engine = await startEngine()
      serving = engine
      const started = performance.now()
      await engine.settled()
      return performance.now() - started
    },
    async close() {
      await serving.stop()
      await store.close()
    },
  }
}
