import { type EventStore, freshId, type NewEvent, START, type StreamName } from '@ramal/core'
import { startPostgres } from '@ramal/postgres-test-server'
import { postgresStore } from '@ramal/store-postgres'
import pg from 'pg'
import { type Bench, type Contender, interleave, jsonParseFloor } from './harness.js'

const event = (i: number): NewEvent => ({
  type: 'MessageReceived',
  data: {
    messageId: `m-${i}`,
    from: `+3516100000${i % 100}`,
    content: { kind: 'text', text: 'Is it open?' },
  },
  meta: {
    id: freshId(),
    at: 1_700_000_000_000 + i,
    tenant: 'demo',
    correlationId: freshId(),
    causationId: 'c',
    schemaVersion: 1,
  },
})

/** A command: one event onto the end of a stream, at the version that it must have. */
type Append = (stream: StreamName, version: number, event: NewEvent) => Promise<void>

/** Writers that each write streams of ten events, one after the other, a command at a time. */
const writers = (count: number, commands: number, append: Append): Contender => ({
  async run() {
    let left = commands
    await Promise.all(
      Array.from({ length: count }, async () => {
        for (
          let stream: StreamName = `conversation-${freshId()}`;
          left > 0;
          stream = `conversation-${freshId()}`
        )
          for (let version = 0; version < 10 && left-- > 0; version++)
            await append(stream, version, event(version))
      }),
    )
    return commands
  },
})

const appendTo =
  (store: EventStore): Append =>
  async (stream, version, event) => {
    const answer = await store.append([
      { stream, expected: version === 0 ? 'empty' : { at: version - 1 }, events: [event] },
    ])
    if (answer._tag === 'Left') throw new Error(`Refused: ${JSON.stringify(answer.left)}`)
  }

/**
 * What one would write by hand, with the same promise: one call a command, of a function that takes a lock, looks at
 * the version and inserts, so that positions go up in the order of commits.
 */
const PLAIN = `
create schema plain;
create table plain.events (
  position bigint primary key, stream text collate "C" not null, version integer not null, type text not null,
  id uuid not null, body text not null, unique (stream, version)
);
create function plain.append(name text, at integer, kind text, id uuid, body text) returns bigint
language plpgsql as $$
declare place bigint; actual integer;
begin
  perform pg_advisory_xact_lock(42);
  select max(e.version) into actual from plain.events e where e.stream = name;
  if coalesce(actual, -1) <> at then raise exception 'wrong version'; end if;
  select coalesce(max(position), 0) + 1 into place from plain.events;
  insert into plain.events values (place, name, at + 1, kind, id, body);
  return place;
end $$`

const appendPlainly =
  (pool: pg.Pool): Append =>
  async (stream, version, event) => {
    await pool.query('select plain.append($1, $2, $3, $4, $5)', [
      stream,
      version - 1,
      event.type,
      event.meta.id,
      JSON.stringify({ type: event.type, data: event.data, meta: event.meta, stream, version }),
    ])
  }

export const bench: Bench = {
  name: 'store-postgres',
  description:
    'Durable appends of one event each to a PostgreSQL on this machine, beside the same with one call a command ' +
    '(a function that locks, checks and inserts), and the reading of the whole log beside JSON.parse of its events.',
  async run({ quick, figure, log }) {
    const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } })
    log(server.binaries.name)
    const store = await postgresStore({ url: server.url() })
    const pool = new pg.Pool({ connectionString: server.url(), max: 64 })
    try {
      await pool.query(PLAIN)
      const rounds = quick ? 3 : 7
      for (const [count, ours, theirs, goal] of [
        [1, 60, 60, undefined],
        [16, 800, 160, 4],
        [64, 3_200, 320, 8],
      ] as const) {
        const share = quick ? 1 : 4
        const rates = await interleave(
          {
            ours: writers(count, ours * share, appendTo(store)),
            plain: writers(count, theirs * share, appendPlainly(pool)),
          },
          { rounds },
        )
        figure({
          figure: `append, ${count} concurrent`,
          value: rates.ours.best,
          unit: 'appends/s',
          beside: { name: 'one call a command', value: rates.plain.best },
          ...(goal === undefined ? {} : { goal: { ratio: { min: goal } } }),
        })
      }

      const texts: string[] = []
      for await (const page of store.readAll({ after: START }))
        for (const recorded of page.events) texts.push(JSON.stringify(recorded))
      const { read, parse } = await interleave(
        {
          read: {
            async run() {
              let count = 0
              for await (const page of store.readAll({ after: START })) {
                for (const recorded of page.events)
                  if (Number(recorded.position) !== ++count)
                    throw new Error(`A gap before ${recorded.position}.`)
              }
              if (count !== texts.length) throw new Error(`Read ${count} of ${texts.length} events.`)
              return count
            },
          },
          parse: jsonParseFloor(texts),
        },
        { rounds },
      )
      figure({
        figure: `catch-up, ${texts.length} events`,
        value: read.best,
        unit: 'events/s',
        beside: { name: 'JSON.parse', value: parse.best },
      })
    } finally {
      await store.close()
      await pool.end()
      await server.remove()
    }
  },
}
