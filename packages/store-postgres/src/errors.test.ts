import { StoreError, type StoreErrorCode, virtualClock } from '@ramal/core'
import { type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { event, gather } from '../test/events.js'
import { type PostgresOptions, postgresStore } from './index.js'
import { migrate } from './migrate.js'
import { MIGRATIONS } from './sql/migrations.js'

const test = suite('what goes wrong with PostgreSQL')
let server: PostgresServer
let admin: pg.Client
test.before(async () => {
  server = await startPostgres({ settings: { fsync: 'off' } })
  admin = new pg.Client(server.url())
  await admin.connect()
})
test.after(async () => {
  await admin.end()
  await server.remove()
})

const rejects = async (call: Promise<unknown>, code: StoreErrorCode, ...says: RegExp[]): Promise<void> => {
  try {
    await call
  } catch (error) {
    assert.instance(error, StoreError)
    const found = error as StoreError
    assert.is(found.code, code, found.message)
    for (const text of says) assert.match(found.message, text)
    assert.not.match(found.message, /ramal-test/, 'no password in a message')
    return
  }
  assert.unreachable(`It should have been rejected as ${code}.`)
}
const open = (options: PostgresOptions = {}) => postgresStore({ url: server.url(), ...options })

test('a wrong URL and wrong options are told before anything is done', async () => {
  await rejects(postgresStore({ url: 'localhost/ramal' }), 'invalid', /postgres:\/\/user/)
  await rejects(postgresStore({ url: 'mysql://localhost/ramal' }), 'invalid', /mysql/)
  await rejects(postgresStore({ url: 'postgres://localhost/a?sslmode=prefer' }), 'invalid', /sslmode=prefer/)
  await rejects(postgresStore({ url: 'postgres://localhost/a?channel=x' }), 'invalid', /"channel"/)
  await rejects(postgresStore({ url: 'postgres://u:50%@localhost/a' }), 'invalid', /%25/)
  for (const schema of ['', 'Ramal', 'a"b', 'pg_ramal', 'x'.repeat(51), '1a'])
    await rejects(open({ schema }), 'invalid', /Schema/)
  await rejects(open({ poll: 0 }), 'invalid', /poll/)
  await rejects(open({ readers: 1.5 }), 'invalid', /readers/)
})

test('nobody there, a wrong password, no such database, no TLS', async () => {
  await rejects(
    postgresStore({ host: '127.0.0.1', port: 1, user: 'a', password: 'b' }),
    'unavailable',
    /127\.0\.0\.1:1/,
  )
  const url = new URL(server.url())
  url.password = 'wrong'
  await rejects(postgresStore({ url: url.href }), 'refused', /password/)
  await rejects(
    postgresStore({ host: '127.0.0.1', port: server.port, user: 'postgres', password: '' }),
    'refused',
  )
  await rejects(postgresStore({ url: server.url('nowhere') }), 'refused', /"nowhere" does not exist/)
  await rejects(open({ tls: true }), 'unsupported', /SSL/)
})

test('a role without rights is refused, and told what it lacks', async () => {
  await admin.query(`create role reader login password 'ramal-test'`)
  const asReader = { user: 'reader', schema: 'rights' }
  await rejects(open(asReader), 'refused', /permission denied/)
  await (await open({ schema: 'rights' })).close()
  await admin.query(
    'grant usage on schema rights to reader; grant select on all tables in schema rights to reader',
  )
  const store = await open(asReader)
  assert.is(await store.head(), '')
  await rejects(
    store.append([{ stream: 'a-1', expected: 'any', events: [event()] }]),
    'refused',
    /permission denied/,
  )
  await store.close()
})

test('a log of a newer release, of an older one, and a table that is not ours', async () => {
  await (await open({ schema: 'newer' })).close()
  await admin.query('update newer.schema_version set version = 7')
  await rejects(open({ schema: 'newer' }), 'schema', /version 7/, /newer release/)
  await rejects(open({ schema: 'absent', migrate: false }), 'schema', /no log yet/)
  await admin.query('create schema other; create table other.events (id int)')
  await rejects(open({ schema: 'other' }), 'schema', /not Ramal's/)
})

test('a schema goes from version to version, all of a step or nothing, and once however many come', async () => {
  const store = await open({ schema: 'steps' })
  await store.append([{ stream: 'a-1', expected: 'empty', events: [event()] }])
  const broken = [...MIGRATIONS, (s: string) => `create table ${s}.more (n int); select 1 / 0`]
  await rejects(migrate(admin, 'steps', true, broken), 'invalid', /division by zero/)
  const more = [...MIGRATIONS, (s: string) => `create table ${s}.more (n int)`]
  await rejects(migrate(admin, 'steps', false, more), 'schema', /works on 2/)
  const clients = [1, 2, 3].map(() => new pg.Client(server.url()))
  await Promise.all(clients.map((client) => client.connect()))
  await Promise.all(clients.map((client) => migrate(client, 'steps', true, more)))
  await Promise.all(clients.map((client) => client.end()))
  const { rows } = await admin.query('select version from steps.schema_version')
  assert.equal(rows, [{ version: 2 }])
  await rejects(open({ schema: 'steps' }), 'schema', /version 2/)
  assert.is((await gather(store.read('a-1'))).length, 1)
  await store.close()
})

test('many processes may open a log that is not there yet', async () => {
  const stores = await Promise.all([1, 2, 3, 4].map(() => open({ schema: 'together' })))
  for (const store of stores) await store.close()
})

test('a full disk is told as such, and nothing is half-written', async () => {
  const store = await open({ schema: 'disk' })
  await admin.query(`
    create function disk.fill() returns trigger language plpgsql as $$
    begin
      if new.version = 2 then raise exception using errcode = '53100', message = 'could not extend file'; end if;
      return new;
    end $$;
    create trigger fill before insert on disk.events for each row execute function disk.fill()`)
  const append = (stream: 'a-1' | 'a-2', count: number) =>
    store.append([{ stream, expected: 'empty', events: Array.from({ length: count }, () => event()) }])
  await rejects(append('a-1', 5), 'full', /could not extend file/, /room/)
  assert.is((await gather(store.read('a-1'))).length, 0)
  assert.is((await append('a-2', 2))._tag, 'Right')
  await store.close()
})

test('an event that does not encode, a name that is too long: refused alone, the rest of the batch is written', async () => {
  const store = await open({ schema: 'encode' })
  const bad = event({ n: 1n })
  const answers = await Promise.allSettled([
    store.append([{ stream: 'a-1', expected: 'empty', events: [event()] }]),
    store.append([{ stream: 'a-2', expected: 'empty', events: [event(), bad] }]),
    store.append([{ stream: `a-${'x'.repeat(200)}`, expected: 'empty', events: [event()] }]),
    store.append([{ stream: 'a-3', expected: 'empty', events: [event()] }]),
  ])
  assert.equal(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
  assert.is(Number(await store.head()), 2)
  await store.close()
})

test('one append that the server refuses is refused alone', async () => {
  const store = await open({ schema: 'alone' })
  await admin.query(`alter table alone.events add constraint small check (octet_length(body) < 1000)`)
  const append = (id: number, data: unknown) =>
    store.append([{ stream: `a-${id}`, expected: 'empty', events: [event(data)] }])
  const answers = await Promise.allSettled([append(1, ''), append(2, 'x'.repeat(2000)), append(3, '')])
  assert.equal(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  await store.close()
})

test('another isolation level is refused, with what to set', async () => {
  await admin.query(`create role strict superuser login password 'ramal-test'`)
  await admin.query(`alter role strict set default_transaction_isolation = 'repeatable read'`)
  const store = await open({ schema: 'strict', user: 'strict' })
  const append = store.append([{ stream: 'a-1', expected: 'empty', events: [event()] }])
  await rejects(append, 'unsupported', /default_transaction_isolation/)
  await store.close()
})

test('a table that went away, and a body that somebody broke', async () => {
  const store = await open({ schema: 'broken' })
  await store.append([{ stream: 'a-1', expected: 'empty', events: [event()] }])
  await admin.query(`update broken.events set body = '{"half'`)
  await rejects(gather(store.read('a-1')), 'corrupt', /broken\.events/)
  await admin.query('drop table broken.events')
  await rejects(gather(store.read('a-1')), 'schema')
  await store.close()
})

test('recordedAt is of the clock that was given, else of the server', async () => {
  const mine = await open({ schema: 'mine', clock: virtualClock(42) })
  await mine.append([{ stream: 'a-1', expected: 'empty', events: [event()] }])
  assert.is((await gather(mine.read('a-1')))[0]!.recordedAt, 42)
  await mine.close()
  const theirs = await open({ schema: 'theirs' })
  await theirs.append([{ stream: 'a-1', expected: 'empty', events: [event()] }])
  const { rows } = await admin.query('select extract(epoch from now()) * 1000 as now')
  const { recordedAt } = (await gather(theirs.read('a-1')))[0]!
  assert.ok(Number.isInteger(recordedAt) && Math.abs(Number(rows[0].now) - recordedAt) < 5_000)
  await theirs.close()
})

test.run()
