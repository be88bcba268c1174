/**
 * One engine of several on one PostgreSQL, in a process of its own, told what to do by its parent. It also plays the
 * agents: whatever is offered is accepted, and resolved soon after. Every engine does so for every agent, as the
 * phones of agents that are connected here and there would. Every other message comes through a door.
 */
import { systemClock } from '@ramal/core'
import { postgresStore } from '@ramal/store-postgres'
import { isRight } from 'fp-ts/lib/Either.js'
import { startIngest, startRamal } from '../src/index.js'

const [url = '', name = '', agents = '0'] = process.argv.slice(2)
const CAPACITY = { total: 3 }

const store = await postgresStore({ url, patience: 5_000 })
const ramal = await startRamal({
  store,
  name,
  patience: 1_000,
  policy: {
    name: 'failover',
    classification: [{ queue: 'care' }],
    queues: { care: {} },
    reopenWithin: 1_000,
  },
  onTrouble: () => {},
})
const door = await startIngest({ store })
for (let i = 0; i < Number(agents); i++)
  await ramal.signIn(`agent${i}`, { kind: 'human', skills: {}, capacity: CAPACITY, queues: ['care'] })

for (let i = 0; i < Number(agents); i++) {
  const agent = `agent${i}`
  ramal.offers(agent).subscribe(async (offers) => {
    for (const { conversation, offer } of offers)
      try {
        const accepted = await ramal.accept(conversation, offer, agent)
        if (!isRight(accepted)) continue
        await systemClock.sleep(20)
        await ramal.resolve(conversation, agent, 'solved')
      } catch {
        // The store was away for a moment; the offer comes again, or another engine has it.
      }
  })
  // What another engine accepted before it was killed is resolved by whoever is left.
  ramal.inbox(agent).subscribe(async ({ tickets }) => {
    for (const { conversation } of tickets) {
      await systemClock.sleep(500)
      await ramal.resolve(conversation, agent, 'solved').catch(() => {})
    }
  })
}

process.on('message', async ({ n }: { readonly n: number }) => {
  const peer = [{ kind: 'external_id' as const, value: `customer${n}` }]
  const content = { kind: 'text' as const, text: `message ${n}` }
  const event = {
    kind: 'message' as const,
    dedupeKey: `m${n}`,
    providerId: `m${n}`,
    at: systemClock.now(),
    endpoint: 'e',
  }
  try {
    const taker = n % 2 === 0 ? ramal : door
    await taker.ingest('test', [{ ...event, peer, content }])
    process.send?.({ acknowledged: n })
  } catch {
    process.send?.({ failed: n })
  }
})
setInterval(() => process.send?.({ active: ramal.router.active, pid: process.pid }), 50)
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
