import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { type Clock, StoreError } from '@ramal/core'
import type { ClientConfig } from 'pg'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=disable|require|verify-full` if wanted. */
  readonly url?: string
  /** Instead of a URL, or in place of parts of it: a folder for a Unix socket, a password that is fetched. */
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  /** A function is called for each new connection: for passwords that expire. */
  readonly password?: string | (() => string | Promise<string>)
  /** True for TLS with the certificate checked, or what `tls.connect` takes, such as `{ ca }`. Before `sslmode`. */
  readonly tls?: boolean | TlsOptions
  /** Where the log is. Two schemas are two logs. Lower-case letters, digits and `_`. Default `ramal`. */
  readonly schema?: string
  /** Whether to make or upgrade the schema when it is opened. Default true. */
  readonly migrate?: boolean
  /**
   * Gives `recordedAt`. Default: the clock of the server, which is one for all writers and goes the way of the
   * positions. Nothing else follows this clock: networks know no virtual time.
   */
  readonly clock?: Clock
  /** Whether to tell and hear of new events at once, with NOTIFY and LISTEN. False behind a transaction pooler. Default true. */
  readonly notify?: boolean
  /** How often a subscription that waits looks for itself, in ms. Default 250. */
  readonly poll?: number
  /** Most connections for reading. One for appends and one for LISTEN come on top. Default 4. */
  readonly readers?: number
  /** How long calls try again while the server is away, in ms. Subscriptions try for ever. Default 30,000. */
  readonly patience?: number
  /** How long one statement may take until its connection is given up, in ms. Default 30,000. */
  readonly timeout?: number
  /** Shown in pg_stat_activity. Default `ramal`. */
  readonly applicationName?: string
}

export interface Settings {
  readonly connection: ClientConfig
  /** The server, as errors name it: without user and password. */
  readonly where: string
  readonly schema: string
  readonly channel: string
  readonly migrate: boolean
  readonly clock: Clock | undefined
  readonly notify: boolean
  readonly poll: number
  readonly readers: number
  readonly patience: number
}

const invalid = (message: string) => new StoreError('invalid', message)

const TLS_OF_MODE: Readonly<Record<string, boolean | TlsOptions>> = {
  disable: false,
  require: { rejectUnauthorized: false },
  'verify-full': true,
}

const fromUrl = (text: string): ClientConfig => {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw invalid('The URL is none: it reads postgres://user:password@host:port/database.')
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')
    throw invalid(
      `The URL begins with ${url.protocol}//, a PostgreSQL URL with postgres:// or postgresql://.`,
    )
  const config: ClientConfig = {}
  for (const [name, value] of url.searchParams) {
    if (name === 'sslmode' && value in TLS_OF_MODE) config.ssl = TLS_OF_MODE[value]!
    else if (name === 'application_name') config.application_name = value
    else
      throw invalid(
        name === 'sslmode'
          ? `The URL says sslmode=${value}; here it is ${Object.keys(TLS_OF_MODE).join(', ')}.`
          : `The URL has the parameter "${name}"; known are sslmode and application_name, the rest are options.`,
      )
  }
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part)
    } catch {
      throw invalid('The URL has a % that is no escape: a % in a password is written %25.')
    }
  }
  if (url.hostname) config.host = decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')
  if (url.port) config.port = Number(url.port)
  if (url.username) config.user = decoded(url.username)
  if (url.password) config.password = decoded(url.password)
  if (url.pathname.length > 1) config.database = decoded(url.pathname.slice(1))
  return config
}

const SCHEMA = /^[a-z_][a-z0-9_]{0,49}$/

/** @throws StoreError `invalid` */
export const settingsOf = (options: PostgresOptions): Settings => {
  const {
    schema = 'ramal',
    clock,
    tls,
    readers = 4,
    poll = 250,
    patience = 30_000,
    timeout = 30_000,
  } = options
  if (!SCHEMA.test(schema) || schema.startsWith('pg_'))
    throw invalid(
      `Schema ${JSON.stringify(schema.slice(0, 80))} is refused: up to 50 of a-z, 0-9 and _, no digit first, not pg_.`,
    )
  for (const [name, value] of Object.entries({ readers, poll, patience, timeout }))
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw invalid(`\`${name}\` is ${value}: an integer from 1.`)
  const connection: ClientConfig = {
    ...(options.url === undefined ? {} : fromUrl(options.url)),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.database === undefined ? {} : { database: options.database }),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(tls === undefined ? {} : { ssl: tls }),
    connectionTimeoutMillis: Math.min(timeout, 10_000),
    query_timeout: timeout,
    keepAlive: true,
  }
  connection.application_name ??= options.applicationName ?? 'ramal'
  return {
    connection,
    where: `${connection.host ?? process.env.PGHOST ?? 'localhost'}:${connection.port ?? process.env.PGPORT ?? 5432}`,
    schema,
    channel: `ramal_${schema}`,
    migrate: options.migrate ?? true,
    clock,
    notify: options.notify ?? true,
    poll,
    readers,
    patience,
  }
}
