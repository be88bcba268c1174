import { EventStore as CastoreStore, EventType as CastoreType, type EventStorageAdapter } from '@castore/core'
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory'
import { PostgresEventStorageAdapter } from '@castore/event-storage-adapter-postgres'
import {
  type EventStore,
  eventFamily,
  eventType,
  freshId,
  load,
  memoryStore,
  type NewEvent,
  nonEmpty,
  type Reducer,
  record,
  type StreamName,
  streamName,
} from '@ramal/core'
import { startPostgres } from '@ramal/postgres-test-server'
import { postgresStore } from '@ramal/store-postgres'
import { type Bench, type BenchContext, type Contender, interleave } from './harness.js'

const TEXT = 'Is it open on Sunday?'
const LENGTH = 10

/**
 * What both do, each in its own way. A conversation is a stream of ten messages. It is named as the calls of a side
 * take it, once a conversation: neither side makes names while it reads or writes.
 */
interface Side<Name> {
  /** The name of a new conversation. */
  readonly name: () => Name
  /** Appends one message at the version that the conversation must have. */
  append(conversation: Name, version: number): Promise<void>
  /** Writes a whole conversation at once. */
  appendAll(conversation: Name): Promise<void>
  /** Reads a conversation and counts its messages by a fold. */
  aggregate(conversation: Name): Promise<number>
}

const family = eventFamily('conversation', eventType('MessageReceived', record({ text: nonEmpty })))
const reducer: Reducer<{ type: 'MessageReceived'; data: { readonly text: string } }, { messages: number }> = {
  events: family,
  initial: () => ({ messages: 0 }),
  apply: (draft) => {
    draft.messages += 1
  },
}

const message = (): NewEvent => ({
  type: 'MessageReceived',
  data: { text: TEXT },
  meta: { id: freshId(), at: 1, tenant: 'demo', correlationId: 'c', causationId: 'c', schemaVersion: 1 },
})

const ramal = (store: EventStore): Side<StreamName> => {
  const write = async (stream: StreamName, version: number, events: readonly NewEvent[]) => {
    const expected = version === 0 ? 'empty' : { at: version - 1 }
    const answer = await store.append([{ stream, expected, events }])
    if (answer._tag === 'Left') throw new Error(`Refused: ${JSON.stringify(answer.left)}`)
  }
  return {
    name: () => streamName('conversation', freshId()),
    append: (stream, version) => write(stream, version, [message()]),
    appendAll: (stream) => write(stream, 0, Array.from({ length: LENGTH }, message)),
    aggregate: async (stream) => (await load(store, reducer, stream)).state.messages,
  }
}

const castore = (eventStorageAdapter: EventStorageAdapter): Side<string> => {
  const store = new CastoreStore({
    eventStoreId: 'CONVERSATIONS',
    eventTypes: [
      new CastoreType<'MessageReceived', { text: string }, { id: string }>({ type: 'MessageReceived' }),
    ],
    reducer: (state: { aggregateId: string; version: number; messages: number }, event) => ({
      aggregateId: event.aggregateId,
      version: event.version,
      messages: (state?.messages ?? 0) + 1,
    }),
    eventStorageAdapter,
  })
  // As many metadata as ours that mean something: the id by which a retry would be known.
  const detail = (aggregateId: string, version: number) => ({
    aggregateId,
    version: version + 1,
    type: 'MessageReceived' as const,
    payload: { text: TEXT },
    metadata: { id: freshId() },
  })
  return {
    name: freshId,
    append: async (id, version) => {
      await store.pushEvent(detail(id, version))
    },
    appendAll: async (id) => {
      const [first, ...rest] = Array.from({ length: LENGTH }, (_, version) =>
        store.groupEvent(detail(id, version)),
      )
      await CastoreStore.pushEventGroup({}, first!, ...rest)
    },
    aggregate: async (id) => (await store.getAggregate(id)).aggregate?.messages ?? 0,
  }
}

const commands = <Name>(side: Side<Name>, writers: number, count: number): Contender => ({
  async run() {
    let left = count
    await Promise.all(
      Array.from({ length: writers }, async () => {
        while (left > 0) {
          const name = side.name()
          for (let version = 0; version < LENGTH && left-- > 0; version++) await side.append(name, version)
        }
      }),
    )
    return count
  },
})

const wholeStreams = <Name>(side: Side<Name>, count: number): Contender => ({
  async run() {
    let left = count
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (left-- > 0) await side.appendAll(side.name())
      }),
    )
    return count * LENGTH
  },
})

const aggregates = async <Name>(side: Side<Name>, count: number): Promise<Contender> => {
  const names = Array.from({ length: 20 }, side.name)
  for (const name of names)
    for (let version = 0; version < LENGTH; version++) await side.append(name, version)
  return {
    async run() {
      for (let i = 0; i < count; i++) {
        const messages = await side.aggregate(names[i % names.length]!)
        if (messages !== LENGTH) throw new Error(`Counted ${messages} messages of ${LENGTH}.`)
      }
      return count
    },
  }
}

interface Sizes {
  readonly rounds: number
  /** Of one writer. */
  readonly single: number
  /** Of many writers. */
  readonly commands: number
  readonly streams: number
  readonly loads: number
}

const compare = async (
  where: string,
  ours: Side<StreamName>,
  theirs: Side<string>,
  sizes: Sizes,
  { figure }: BenchContext,
): Promise<void> => {
  const row = async (
    name: string,
    unit: string,
    contenderOf: <Name>(side: Side<Name>) => Contender | Promise<Contender>,
    rounds = sizes.rounds,
  ) => {
    const contenders = { ours: await contenderOf(ours), castore: await contenderOf(theirs) }
    const rates = await interleave(contenders, { rounds })
    figure({
      figure: `${where}: ${name}`,
      value: rates.ours.best,
      unit,
      beside: { name: 'castore', value: rates.castore.best },
      goal: { ratio: { min: 1 } },
    })
  }
  // One writer waits for the disk and for its turn at every append: more and shorter rounds, so that both have quiet ones.
  await row('append, 1 concurrent', 'appends/s', (side) => commands(side, 1, sizes.single), 5 * sizes.rounds)
  for (const writers of [16, 64])
    await row(`append, ${writers} concurrent`, 'appends/s', (side) => commands(side, writers, sizes.commands))
  await row('whole streams of 10 events, 16 concurrent', 'events/s', (side) =>
    wholeStreams(side, sizes.streams),
  )
  await row('load an aggregate of 10 events', 'loads/s', (side) => aggregates(side, sizes.loads))
}

export const bench: Bench = {
  name: 'castore',
  description:
    'The same commands on Ramal and on @castore/core 2.4.2: on one PostgreSQL, each with its own adapter, and in ' +
    'memory. Ours also keeps one order over all streams and knows retries; castore keeps neither.',
  async run(context) {
    const { quick, log } = context
    const rounds = quick ? 9 : 21
    const share = quick ? 1 : 3
    await compare(
      'memory',
      ramal(memoryStore()),
      castore(new InMemoryEventStorageAdapter()),
      { rounds, single: 1_000 * share, commands: 5_000 * share, streams: 300 * share, loads: 3_000 * share },
      context,
    )
    const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } })
    log(server.binaries.name)
    const connectionString = server.url()
    const store = await postgresStore({ url: connectionString })
    try {
      await PostgresEventStorageAdapter.createEventTable({ connectionString })
      const adapter = new PostgresEventStorageAdapter({ connectionString })
      const sizes = { rounds, single: 50, commands: 250 * share, streams: 30 * share, loads: 300 }
      await compare('PostgreSQL', ramal(store), castore(adapter), sizes, context)
    } finally {
      await store.close()
      // In order, or castore's connections, which nobody can close, print that they were cut.
      await server.stop('fast')
      await server.remove()
    }
  },
}
