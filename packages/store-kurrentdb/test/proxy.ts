import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server on which connections can be broken. */
export interface Proxy {
  readonly port: number
  /** Breaks every connection, as a network does. New ones are taken. */
  readonly disturb: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Listens on the loopback address and passes everything on to a port there. */
export const startProxy = async (target: number): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket, other: () => Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      other().destroy()
    })
  }
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    keep(near, () => far)
    keep(far, () => near)
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const disturb = async () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    disturb,
    async close() {
      server.close()
      await disturb()
    },
  }
}
