import { type EventStore, memoryStore, StoreError } from '@ramal/core'

/** Where a log is, as one text: a file for SQLite, `postgres://`, `kurrentdb://`, or `memory:`. */
export interface StoreUrl {
  readonly kind: 'sqlite' | 'postgres' | 'kurrentdb' | 'memory'
  /** What the store itself is given: a path, or the whole URL. */
  readonly where: string
}

/** @throws StoreError `invalid` for what is none of these */
export const parseStoreUrl = (url: string): StoreUrl => {
  if (url === 'memory:') return { kind: 'memory', where: '' }
  if (/^postgres(ql)?:\/\//.test(url)) return { kind: 'postgres', where: url }
  if (/^(kurrentdb|esdb)(\+discover)?:\/\//.test(url)) return { kind: 'kurrentdb', where: url }
  if (url.startsWith('sqlite:')) return { kind: 'sqlite', where: url.slice('sqlite:'.length) }
  if (/^[a-z][a-z+]+:\/\//i.test(url))
    throw new StoreError(
      'invalid',
      `"${url.split(':', 1)[0]}:" is no store; give a file for SQLite, postgres://..., kurrentdb://... or memory:.`,
    )
  if (url === '') throw new StoreError('invalid', 'There is no store named; give a file or a URL.')
  return { kind: 'sqlite', where: url }
}

export interface OpenOptions {
  /** A PostgreSQL schema, where not the usual one. */
  readonly schema?: string
  /** Take no lock and write nothing; SQLite only. */
  readonly readOnly?: boolean
}

/** A peer is installed by who needs it: say which, instead of an import that fails. */
const peer = async <M>(name: string, load: () => Promise<M>): Promise<M> => {
  try {
    return await load()
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new StoreError('unsupported', `${name} is not installed here; add it beside @ramal/cli.`, { cause })
  }
}

/** Opens a log by its URL. From the embedded store to a cluster it is one line that changes. */
export const openStore = async (url: string, options: OpenOptions = {}): Promise<EventStore> => {
  const { kind, where } = parseStoreUrl(url)
  switch (kind) {
    case 'memory':
      return memoryStore()
    case 'sqlite': {
      const { sqliteStore } = await import('@ramal/store-sqlite')
      return sqliteStore(where, { readOnly: options.readOnly ?? false })
    }
    case 'postgres': {
      const { postgresStore } = await peer('@ramal/store-postgres', () => import('@ramal/store-postgres'))
      return postgresStore({ url: where, ...(options.schema ? { schema: options.schema } : {}) })
    }
    case 'kurrentdb': {
      const { kurrentdbStore } = await peer('@ramal/store-kurrentdb', () => import('@ramal/store-kurrentdb'))
      return kurrentdbStore({ connectionString: where })
    }
  }
}
