import type { Clock } from '@ramal/core'
import type { DriverName } from './driver.js'

export interface SqliteStoreOptions {
  /** For `recordedAt` and for pauses. Default: the system's. */
  readonly clock?: Clock
  /** Most events of a page. Default 200: pages of more than about 100 KB cost the garbage collector more. */
  readonly pageSize?: number
  /** About how many streams' last versions are kept in memory. Default 100,000 (some 20 MB when full). */
  readonly headCacheSize?: number
  /** Reads what another process writes, by looking every `pollInterval`; takes no lock, makes no file. */
  readonly readOnly?: boolean
  /** ms between two looks for new events when `readOnly`. Default 100. */
  readonly pollInterval?: number
  /** ms to wait, standing still, for another program that writes to the file, such as `sqlite3`. Default 1,000. */
  readonly busyTimeout?: number
  /**
   * Runs SQLite in a thread of its own: this thread then never waits for the disk, but appends pass through a port,
   * which can halve their rate. For slow disks, and processors with a core to spare. Default false.
   */
  readonly worker?: boolean
  /** Which SQLite library. Default: `node:sqlite` where Node has it, else `libsql`. */
  readonly driver?: DriverName
}

export const DEFAULTS = {
  pageSize: 200,
  headCacheSize: 100_000,
  readOnly: false,
  pollInterval: 100,
  busyTimeout: 1_000,
  worker: false,
} as const
