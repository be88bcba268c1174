import type { ServerWritableStream } from '@grpc/grpc-js'
import type {
  ReadReq,
  ReadResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js'

/** A call of `Streams.Read`. */
export type ReadCall = ServerWritableStream<ReadReq, ReadResp>

/** The way to a client, which takes only as much as the client takes. */
export interface Outlet<T> {
  /** Resolves when there is room for more, or when the client has gone. */
  send(message: T): Promise<void>
  closed(): boolean
  /** Resolves when the client has gone. */
  readonly gone: Promise<void>
}

export const outletOf = <Q, T>(call: ServerWritableStream<Q, T>): Outlet<T> => {
  let isClosed = call.cancelled
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      isClosed = true
      resolve()
    }
    if (isClosed) end()
    call.once('cancelled', end)
    call.once('close', end)
  })
  return {
    gone,
    closed: () => isClosed,
    async send(message) {
      if (isClosed || call.write(message)) return
      let drained = () => {}
      await Promise.race([
        gone,
        new Promise<void>((resolve) => {
          drained = resolve
          call.once('drain', drained)
        }),
      ])
      call.removeListener('drain', drained)
    },
  }
}
