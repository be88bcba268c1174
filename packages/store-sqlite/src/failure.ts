import { StoreError, type StoreErrorCode } from '@ramal/core'

/** The primary result code of SQLite (https://www.sqlite.org/rescode.html), if an error bears one. */
const resultCode = (cause: unknown): number | undefined => {
  if (!(cause instanceof Error)) return undefined
  if ('errcode' in cause && typeof cause.errcode === 'number') return cause.errcode & 0xff
  if ('rawCode' in cause && typeof cause.rawCode === 'number') return cause.rawCode & 0xff
  // libsql tells the code of a failed opening only in the message.
  const code = /Unable to open connection .*: (\d+)"\)$/.exec(cause.message)?.[1]
  return code === undefined ? undefined : Number(code) & 0xff
}

const kinds: Readonly<Record<number, readonly [StoreErrorCode, string]>> = {
  3: ['refused', 'access is denied; give this user the right to read and write the file and its folder'],
  5: ['locked', 'another process is writing to it; close that one (an open transaction of sqlite3?)'],
  6: ['locked', 'another connection of this process holds it'],
  8: ['refused', 'it cannot be written; give this user the right to write the file and its folder'],
  10: ['unavailable', 'the disk failed to read or write; look at the system log and the free space'],
  11: ['corrupt', 'its content is damaged; restore a backup'],
  13: ['full', 'the disk is full; make room and try again'],
  14: ['refused', 'it cannot be opened; check the path and the rights on the file and its folder'],
  19: ['corrupt', 'another program wrote to it in spite of its lock; stop that one and run integrity()'],
  26: ['schema', 'it is no SQLite database'],
}

/** What an SQLite library threw, as a `StoreError` that says which file and what to do. */
export const storeError = (cause: unknown, file: string, doing: string): StoreError => {
  if (cause instanceof StoreError) return cause
  const [code, why] = kinds[resultCode(cause) ?? -1] ?? ['unavailable', undefined]
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new StoreError(
    code,
    `${doing} ${file} failed: ${why ? `${why} (SQLite says: ${detail})` : detail}.`,
    {
      cause,
    },
  )
}
