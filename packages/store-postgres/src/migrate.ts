import { StoreError } from '@ramal/core'
import type { ClientBase } from 'pg'
import { storeErrorOf } from './errors.js'
import { MIGRATIONS, type Migration } from './sql/migrations.js'
import { lockKey } from './sql/names.js'

const OLDEST_SERVER = 130_000

/** What the store needs of a server, whatever the schema. @throws StoreError `unsupported` */
const checkServer = async (client: ClientBase): Promise<void> => {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
            current_setting('server_encoding') as encoding`,
  )
  const { version, name, encoding } = rows[0]
  if (version < OLDEST_SERVER)
    throw new StoreError('unsupported', `The server is PostgreSQL ${name}; version 13 or later is needed.`)
  if (encoding !== 'UTF8')
    throw new StoreError(
      'unsupported',
      `The database has the encoding ${encoding}, which cannot hold every text: create it with encoding 'UTF8'.`,
    )
}

/**
 * The version of the schema; 0 when there is nothing of ours and nothing in the way. It asks the catalog's tables:
 * functions such as to_regclass answer from a cache that may be older than the lock.
 */
const versionOf = async (client: ClientBase, schema: string): Promise<number> => {
  const { rows } = await client.query(
    `select c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname in ('events', 'schema_version')`,
    [schema],
  )
  const tables = rows.map(({ name }) => name)
  if (tables.includes('schema_version')) {
    const result = await client.query(`select version from ${schema}.schema_version`)
    return result.rows[0]?.version ?? 0
  }
  if (tables.includes('events'))
    throw new StoreError(
      'schema',
      `Schema "${schema}" has a table "events" that is not Ramal's. Give the option \`schema\` another name.`,
    )
  return 0
}

const outdated = (schema: string, found: number, known: number): string =>
  found === 0
    ? `Schema "${schema}" has no log yet, and \`migrate\` is false. Open it once with a role that may create it.`
    : `Schema "${schema}" has version ${found}, this release of @ramal/store-postgres works on ${known}, and \`migrate\` is false. Open it once with a role that may change it.`

/**
 * Brings the schema to the version that this code works on, in one transaction and under the lock of the appends.
 * Safe from many processes at once.
 * @throws StoreError `schema` when it was made by a newer release or is not ours, or when it is older and must not be changed
 */
export const migrate = async (
  client: ClientBase,
  schema: string,
  allowed: boolean,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> => {
  const known = migrations.length
  const check = (found: number) => {
    if (found > known)
      throw new StoreError(
        'schema',
        `Schema "${schema}" has version ${found}, this release of @ramal/store-postgres knows up to ${known}. Install a newer release; the log is not touched.`,
      )
    if (found < known && !allowed) throw new StoreError('schema', outdated(schema, found, known))
    return found === known
  }
  try {
    await checkServer(client)
    if (check(await versionOf(client, schema))) return
    await client.query('begin isolation level read committed')
    try {
      await client.query(`select pg_advisory_xact_lock(${lockKey(schema)})`)
      const found = await versionOf(client, schema)
      if (!check(found)) {
        const { rowCount } = await client.query('select from pg_catalog.pg_namespace where nspname = $1', [
          schema,
        ])
        if (rowCount === 0) await client.query(`create schema ${schema}`)
        await client.query(`create table if not exists ${schema}.schema_version (version integer not null)`)
        for (const migration of migrations.slice(found)) await client.query(migration(schema))
        await client.query(`delete from ${schema}.schema_version`)
        await client.query(`insert into ${schema}.schema_version (version) values (${known})`)
      }
      await client.query('commit')
    } catch (error) {
      // The first error is the one to tell.
      await client.query('rollback').catch(() => undefined)
      throw error
    }
  } catch (error) {
    throw storeErrorOf(error, `Opening schema "${schema}"`)
  }
}
