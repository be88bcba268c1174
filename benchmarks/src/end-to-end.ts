import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { whatsapp } from '@ramal/channel-whatsapp'
import { type Recorded, START } from '@ramal/core'
import { stateAt, verifyPasses } from '@ramal/router'
import { type SqliteStore, sqliteStore } from '@ramal/store-sqlite'
import { type Ramal, startRamal } from 'ramal'
import { type Bench, type Contender, fdatasyncFloor, interleave, jsonParseFloor } from './harness.js'

const SECRET = 'bench'
const NUMBER = '1055501'
const AGENTS = 200
const CONCURRENCY = 256

const policy = {
  name: 'bench',
  classification: [{ queue: 'care' }],
  queues: { care: { offerExpiresAfter: 3_600_000 } },
}

const body = (n: number): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '42',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550100', phone_number_id: NUMBER },
              contacts: [{ wa_id: `1555${1_000_000 + n}`, profile: { name: `Customer ${n}` } }],
              messages: [
                {
                  from: `1555${1_000_000 + n}`,
                  id: `wamid.${n}`,
                  timestamp: '1772442000',
                  type: 'text',
                  text: { body: 'Hello, where is the parcel that I ordered last week?' },
                },
              ],
            },
          },
        ],
      },
    ],
  })

interface Signed {
  readonly body: string
  readonly signature: string
}

const signed = (n: number): Signed => {
  const text = body(n)
  return { body: text, signature: `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}` }
}

/** Messages of new customers, as many at a time as a busy server has, until each is offered to an agent. */
const messages = (folder: string, perRound: number) => {
  let store: SqliteStore
  let ramal: Ramal
  let next = 0
  let batch: readonly Signed[] = []
  const post = async ({ body, signature }: Signed): Promise<void> => {
    const headers = { 'x-hub-signature-256': signature }
    const request = new Request('http://localhost/webhooks/whatsapp', { method: 'POST', body, headers })
    const { status } = await ramal.handle(request)
    if (status !== 200) throw new Error(`A webhook was answered with ${status}.`)
  }
  const contender: Contender = {
    before() {
      batch = Array.from({ length: perRound }, () => signed(next++))
    },
    async run() {
      const queue = [...batch]
      const worker = async () => {
        for (let one = queue.pop(); one; one = queue.pop()) await post(one)
      }
      await Promise.all(Array.from({ length: CONCURRENCY }, worker))
      await ramal.router.settledAt(await store.head())
      return perRound
    },
  }
  return {
    contender,
    async open() {
      store = await sqliteStore(join(folder, 'log.db'))
      ramal = await startRamal({
        store,
        policy,
        patience: 0,
        channels: [
          whatsapp({ appSecret: SECRET, verifyToken: 'v', accessToken: 'a', numbers: [{ id: NUMBER }] }),
        ],
      })
      const capacity = { total: 1_000_000 }
      for (let i = 0; i < AGENTS; i++)
        await ramal.signIn(`agent${i}`, { kind: 'human', skills: {}, capacity, queues: ['care'] })
    },
    /** Ends the engine; the store stays open for the replay. */
    async close() {
      await ramal.settled()
      await ramal.stop()
      return { store, posted: next }
    },
  }
}

const readEvents = async (store: SqliteStore): Promise<readonly Recorded[]> => {
  const events: Recorded[] = []
  for await (const page of store.readAll({ after: START })) events.push(...page.events)
  return events
}

export const bench: Bench = {
  name: 'end-to-end',
  description:
    `Signed WhatsApp webhooks of new customers, ${CONCURRENCY} at a time, from the body of the request to the offer ` +
    `to one of ${AGENTS} agents in a SQLite file, durable; then the replay of that log by the router. Without the ` +
    'sockets of HTTP.',
  async run({ quick, log, figure }) {
    const folder = mkdtempSync(join(tmpdir(), 'ramal-bench-end-to-end-'))
    try {
      const desk = messages(folder, quick ? 1000 : 4000)
      await desk.open()
      log('messages from the body to the decision on disk')
      const { through, sync } = await interleave(
        { through: desk.contender, sync: fdatasyncFloor({ directory: folder }) },
        { rounds: quick ? 3 : 7 },
      )
      figure({
        figure: 'message to routed decision on disk',
        value: through.best,
        unit: 'messages/s',
        beside: { name: 'fdatasync of the same disk', value: sync.best },
      })
      const { store, posted } = await desk.close()
      const events = await readEvents(store)
      const offered = events.filter(({ type }) => type === 'OfferIssued').length
      if (offered !== posted) throw new Error(`${posted} messages, but ${offered} offers.`)
      const texts = events.map((event) => JSON.stringify(event))
      const head = await store.head()
      log(`replay of ${events.length} events`)
      const replay: Contender = {
        async run() {
          const state = await stateAt(store, head)
          if (state.tickets.size !== posted) throw new Error('The replay lost tickets.')
          return events.length
        },
      }
      const { folded, parsed } = await interleave(
        { folded: replay, parsed: jsonParseFloor(texts) },
        { rounds: quick ? 3 : 7 },
      )
      figure({
        figure: 'replay: read, parse and fold by the router',
        value: folded.best,
        unit: 'events/s',
        beside: { name: 'JSON.parse of the same events', value: parsed.best },
      })
      const begun = performance.now()
      const { differences, passes, decisions } = await verifyPasses(store)
      if (differences.length > 0) throw new Error(`${differences.length} decisions came out otherwise.`)
      const seconds = (performance.now() - begun) / 1000
      figure({
        figure: `decisions decided again (${passes} passes)`,
        value: decisions / seconds,
        unit: 'decisions/s',
      })
      await store.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
