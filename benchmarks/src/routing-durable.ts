import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Event, type Position, type StreamName, streamName, systemClock, type Write } from '@ramal/core'
import { startRouter } from '@ramal/router'
import { sqliteStore } from '@ramal/store-sqlite'
import { type BenchContext, percentiles } from './harness.js'
import { people, policyOf, type Shape } from './routing-world.js'

/** Agents finish all that they have at once, the router offers them the next, and all of it is on the disk. */
export const durable = async (shape: Shape, rounds: number, { log, figure }: BenchContext): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'ramal-bench-'))
  const store = await sqliteStore(join(directory, 'routing.db'))
  try {
    const policy = policyOf(shape.queues)
    const make = people(shape, policy)
    let ids = 0
    const write = (stream: StreamName, version: number, list: readonly Event[]): Write => ({
      stream,
      expected: version < 0 ? 'empty' : { at: version },
      events: list.map((event) => {
        const id = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`
        const at = systemClock.now()
        return {
          ...event,
          meta: { id, at, tenant: 't', correlationId: id, causationId: id, schemaVersion: 1 },
        }
      }),
    })
    const append = async (writes: readonly Write[]): Promise<Position> => {
      const done = await store.append(writes)
      if (done._tag === 'Left')
        throw new Error(`Nobody else writes, and it met ${JSON.stringify(done.left)}.`)
      return done.right.position
    }
    log(`writing ${shape.agents} agents and ${shape.waiting} tickets`)
    const published = { hash: policy.hash, data: policy.data }
    await append([write('policy-main', -1, [{ type: 'PolicyPublished', data: published }])])
    const all = [
      ...Array.from({ length: shape.agents }, (_, i) =>
        write(streamName('agent', `a${i}`), -1, make.agent()),
      ),
      ...Array.from({ length: shape.waiting }, (_, i) =>
        write(streamName('conversation', `t${i}`), -1, make.ticket(`c${i}`)),
      ),
    ]
    let position: Position | undefined
    for (let i = 0; i < all.length; i += 500) position = await append(all.slice(i, i + 500))
    log('the router reads all of it and makes the first offers')
    let passes: number[] = []
    const onPass = ({ took }: { readonly took: number }) => void passes.push(took)
    const router = startRouter({ store, clock: systemClock, router: 'bench', patience: 0, onPass })
    await router.settledAt(position!)

    // The first offers come from code that has just been loaded.
    passes = []
    let best = 0
    for (let round = 0; round < rounds; round++) {
      const finished: Write[] = []
      for (const agent of router.state.agents.values())
        for (const id of agent.offers) {
          const { version, offers } = router.state.tickets.get(id)!
          const by = { kind: 'human', id: agent.id }
          finished.push(
            write(streamName('conversation', id), version, [
              { type: 'OfferAccepted', data: { offer: [...offers.keys()][0], agent: agent.id } },
              { type: 'ConversationResolved', data: { by, disposition: 'done' } },
            ]),
          )
        }
      const before = router.state.waiting.size
      const at = await append(finished)
      const start = performance.now()
      await router.settledAt(at)
      const ms = performance.now() - start
      const decided = before - router.state.waiting.size
      if (decided < finished.length / 2)
        throw new Error(`${finished.length} had room, and only ${decided} tickets were offered.`)
      log(`${decided} decisions in ${Math.round(ms)} ms`)
      best = Math.max(best, (decided * 1000) / ms)
    }
    await router.stop()
    figure({
      figure: 'durable decisions, router on SQLite',
      value: best,
      unit: 'decisions/s',
      goal: { value: { min: 10_000 } },
    })
    log(`${passes.length} passes`)
    figure({
      figure: 'durable decisions: a pass, p99',
      value: percentiles(passes).p99,
      unit: 'ms',
      goal: { value: { max: 10 } },
    })
  } finally {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
