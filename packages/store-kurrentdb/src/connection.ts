import { setMaxListeners } from 'node:events'
import type { KurrentDBClient } from '@kurrent/kurrentdb-client'
import { StoreError } from '@ramal/core'
import { storeErrorOf } from './errors.js'

export type Library = typeof import('@kurrent/kurrentdb-client')

/** A client, and the bounds within which it is used. */
export interface Connection {
  readonly library: Library
  readonly client: KurrentDBClient
  /** Aborts when the store is closed. */
  readonly closing: AbortSignal
  /**
   * Runs a call of the client: it ends when it takes too long, which the client does not see to by itself
   * everywhere, and when the store is closed. Every error becomes a `StoreError`, except those that `pass` takes.
   */
  call<T>(what: string, work: () => Promise<T>, pass?: (error: unknown) => boolean): Promise<T>
  close(): Promise<void>
}

const load = async (): Promise<Library> => {
  try {
    return await import('@kurrent/kurrentdb-client')
  } catch (cause) {
    throw new StoreError(
      'unsupported',
      '@kurrent/kurrentdb-client cannot be loaded: install it beside @ramal/store-kurrentdb, optional dependencies included, since its reader is native.',
      { cause },
    )
  }
}

const create = (library: Library, connectionString: string): KurrentDBClient => {
  // The client would answer a conflict with a success and a wrong revision.
  if (/[?&]throwOnAppendFailure=false/i.test(connectionString))
    throw new StoreError(
      'invalid',
      'throwOnAppendFailure=false cannot be used; leave it out of the connection string.',
    )
  try {
    return library.KurrentDBClient.connectionString(connectionString)
  } catch (error) {
    // The error holds the whole string, and so the password: neither goes on.
    const why = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new StoreError(
      'invalid',
      `The connection string of KurrentDB is refused: ${why.replaceAll(/\/\/[^/@]*@/g, '//***@')} It looks like kurrentdb://user:password@host:2113?tls=true.`,
    )
  }
}

export const connect = async (connectionString: string, deadline: number): Promise<Connection> => {
  const library = await load()
  const client = create(library, connectionString)
  const closing = new AbortController()
  // Each call under way listens, and there may be many.
  setMaxListeners(0, closing.signal)
  const closed = () => new StoreError('closed', 'The KurrentDB store is closed.')
  return {
    library,
    client,
    closing: closing.signal,
    call: (what, work, pass = () => false) =>
      new Promise((resolve, reject) => {
        if (closing.signal.aborted) return reject(closed())
        const settle = (end: () => void) => {
          clearTimeout(timer)
          closing.signal.removeEventListener('abort', onClose)
          end()
        }
        const onClose = () => settle(() => reject(closed()))
        const timer = setTimeout(
          () =>
            settle(() =>
              reject(
                new StoreError(
                  'unavailable',
                  `KurrentDB: ${what} took longer than ${deadline} ms and was given up.`,
                ),
              ),
            ),
          deadline,
        )
        closing.signal.addEventListener('abort', onClose)
        work().then(
          (value) => settle(() => resolve(value)),
          (error: unknown) => settle(() => reject(pass(error) ? error : storeErrorOf(error, what))),
        )
      }),
    async close() {
      closing.abort()
      await client.dispose()
    },
  }
}
