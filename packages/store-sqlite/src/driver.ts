import { StoreError } from '@ramal/core'
import { openLibsql } from './driver-libsql.js'
import { openNodeSqlite } from './driver-node.js'

export type Value = string | number | null

/** What this package asks of an SQLite library; all of it runs at once, in this thread. */
export interface Statement {
  run(...values: Value[]): unknown
  get(...values: Value[]): unknown
  all(...values: Value[]): unknown[]
}

export interface Database {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): unknown
}

export interface OpenOptions {
  readonly readOnly: boolean
  /** ms to wait for another process that is writing, this thread standing still meanwhile. */
  readonly timeout: number
}

/** Opens a file with one library, or gives nothing when this machine does not have that library. */
export type Opener = () => Promise<((file: string, options: OpenOptions) => Database) | undefined>

const openers = { 'node:sqlite': openNodeSqlite, libsql: openLibsql } satisfies Record<string, Opener>

/** `node:sqlite` is part of Node from 22.13 on; `libsql` is a package with prebuilt binaries. */
export type DriverName = keyof typeof openers

export interface Driver {
  readonly name: DriverName
  open(file: string, options: OpenOptions): Database
}

/**
 * The library wanted, or else the first that is there: `node:sqlite`, then `libsql`.
 * @throws StoreError `unsupported` when there is none
 */
export const chooseDriver = async (wanted?: DriverName): Promise<Driver> => {
  const names = wanted ? [wanted] : (['node:sqlite', 'libsql'] as const)
  for (const name of names) {
    const open = await openers[name]()
    if (open) return { name, open }
  }
  throw new StoreError(
    'unsupported',
    `Node ${process.versions.node} has no ${names.join(' and no ')}: use Node 22.13 or later, or add the package "libsql".`,
  )
}
