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
