import { StoreError } from '@ramal/core'
import type { Database, Opener, OpenOptions } from './database.js'
import { openLibsql } from './driver-libsql.js'
import { openNodeSqlite } from './driver-node.js'

export type { Database, OpenOptions, Statement, Value } from './database.js'

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
