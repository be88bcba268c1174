import { StoreError, type StoreErrorCode } from '@ramal/core'

/** What the client's errors and those of gRPC have in common. */
interface Fault {
  readonly type?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly feature?: unknown
  readonly minimumVersion?: unknown
}

const faultOf = (error: unknown): Fault => (typeof error === 'object' && error !== null ? error : {})

/** By `type` of the client's errors; by the status of gRPC for those that it passes on as they are. */
const CODES = new Map<unknown, StoreErrorCode>([
  ['access-denied', 'refused'],
  ['unsupported', 'unsupported'],
  ['maximum-append-size-exceeded', 'invalid'],
  ['transaction-max-size-exceeded', 'invalid'],
  ['append-record-size-exceeded', 'invalid'],
  ['invalid-argument', 'invalid'],
  ['stream-deleted', 'invalid'],
  ['stream-tombstoned', 'invalid'],
  ['unavailable', 'unavailable'],
  ['deadline-exceeded', 'unavailable'],
  ['timeout', 'unavailable'],
  ['cancelled', 'unavailable'],
  ['not-leader', 'unavailable'],
])

const STATUSES = new Map<unknown, StoreErrorCode>([
  [3, 'invalid'],
  [7, 'refused'],
  [12, 'unsupported'],
  [16, 'refused'],
])

const ADVICE: Partial<Record<StoreErrorCode, string>> = {
  unavailable: 'Is the server running, is this its address, and do TLS and its certificate agree?',
  refused: 'Check the user and the password, and that it may read $all.',
}

const adviceOn = (error: unknown, code: StoreErrorCode): string => {
  const { type, feature, minimumVersion } = faultOf(error)
  if (type === 'unsupported')
    return `${feature === 'appendRecords' ? 'Guards need' : 'Appends over several streams, and events that may be only once, need'} KurrentDB ${String(minimumVersion)} or newer.`
  if (typeof type === 'string' && type.endsWith('size-exceeded'))
    return 'The append is larger than this server takes: split it, or raise MaxAppendSize on the server.'
  if (type === 'stream-deleted' || type === 'stream-tombstoned')
    return 'The stream was deleted for good on the server and can never be written again; use another name.'
  return ADVICE[code] ?? ''
}

/** An error of the client as a `StoreError`, which says what was being done. */
export const storeErrorOf = (error: unknown, what: string): StoreError => {
  if (error instanceof StoreError) return error
  const { type, code, message } = faultOf(error)
  const known = CODES.get(type) ?? STATUSES.get(code) ?? 'unavailable'
  const why = typeof message === 'string' && message !== '' ? message : String(error)
  return new StoreError(known, `KurrentDB: ${what} failed: ${why}. ${adviceOn(error, known)}`.trim(), {
    cause: error,
  })
}

const FAILED_PRECONDITION = 9

/** Whether the server refused an append because a stream was not as expected. */
export const isConflict = (error: unknown): boolean => {
  const { type, code } = faultOf(error)
  if (type === 'wrong-expected-version' || type === 'append-consistency-violation') return true
  return code === FAILED_PRECONDITION && !CODES.has(type)
}

/**
 * Whether a call surely did nothing: the node was not the leader, or the client closed its connection, as it does
 * when any call or subscription on it breaks, before this call was on its way. By now it has another.
 */
export const isNotCarriedOut = (error: unknown): boolean => {
  const { type, message } = faultOf(error)
  return type === 'not-leader' || /channel closed before call started/i.test(String(message))
}

export const isNotFound = (error: unknown): boolean => faultOf(error).type === 'stream-not-found'
