import { type EventStore, StoreError } from '@ramal/core'
import { appender } from './append.js'
import { connect } from './connection.js'
import { head, readLog, readStream } from './read.js'
import { subscribe, trySubscription } from './subscribe.js'

export interface KurrentdbOptions {
  /** Such as `kurrentdb://user:password@host:2113?tls=true&tlsCAFile=ca.pem`; several hosts for a cluster. */
  readonly connectionString: string
  /** How long a call may take, in ms. Default 10,000. */
  readonly deadline?: number
  /**
   * How long a subscription may bring nothing, in ms, before the log is asked whether that is right: two small
   * reads. It bounds how long a broken subscription goes unnoticed, and how far behind the position of one lies
   * that only unwanted events pass by. Default 2,000.
   */
  readonly silence?: number
}

/**
 * Ramal's log on a KurrentDB server or cluster, through `@kurrent/kurrentdb-client`, which must be installed beside
 * this package. Rejects when the server cannot be reached, or refuses.
 *
 * Single-stream appends work with any server from 22.6 on; appends over several streams, and events that may be
 * only once, need 25.1; guards need 26.1. A server that is older refuses them with a `StoreError` `unsupported`.
 */
export const kurrentdbStore = async ({
  connectionString,
  deadline = 10_000,
  silence = 2_000,
}: KurrentdbOptions): Promise<EventStore> => {
  const connection = await connect(connectionString, deadline)
  try {
    // The client has two connections, one native: either may fail where the other works.
    await trySubscription(connection)
    await head(connection)
  } catch (error) {
    await connection.close()
    throw error
  }
  const { closing } = connection
  const checkOpen = () => {
    if (closing.aborted) throw new StoreError('closed', 'The KurrentDB store is closed.')
  }
  const append = appender(connection)
  let closed: Promise<void> | undefined
  return {
    async append(writes, guards) {
      checkOpen()
      return append(writes, guards)
    },
    read: (stream, options) => readStream(connection, stream, options),
    readAll: (options) => readLog(connection, options),
    subscribe(options, signal) {
      checkOpen()
      return subscribe(connection, options, silence, AbortSignal.any([signal, closing]))
    },
    async head() {
      checkOpen()
      return head(connection)
    },
    close() {
      closed ??= connection.close()
      return closed
    },
  }
}
