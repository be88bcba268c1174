import { connect, createServer, type Socket } from 'node:net'

/** Stands between a store and its server, and breaks what goes through it, on demand. */
export interface FaultyProxy {
  readonly port: number
  /** Forwards what is asked, and cuts the connection before the answer to the first one that holds `text`. */
  loseAnswerTo(text: string): void
  /** Refuses new connections and cuts those there are; or no longer. */
  refuse(on: boolean): void
  close(): Promise<void>
}

export const startProxy = async (target: number): Promise<FaultyProxy> => {
  const sockets = new Set<Socket>()
  let refusing = false
  let losing: string | undefined
  const server = createServer((client) => {
    if (refusing) return void client.destroy()
    const upstream = connect(target, '127.0.0.1')
    let mute = false
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    client.on('data', (chunk) => {
      if (losing !== undefined && chunk.includes(losing)) {
        losing = undefined
        mute = true
      }
      upstream.write(chunk)
    })
    // The server answers after the commit, so what is lost here was done.
    upstream.on('data', (chunk) => (mute ? cut() : client.write(chunk)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    loseAnswerTo(text) {
      losing = text
    },
    refuse(on) {
      refusing = on
      if (on) for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
