/** The process of the door in the bench `ingest`, and of a bare server beside it. Told what to do by its parent. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { sqliteStore } from '@ramal/store-sqlite'
import { startIngest } from 'ramal'
import { adapters, bareServer, closeServer, listen } from './ingest-servers.js'

export type DoorOrder = 'spent' | 'close'

export interface DoorPorts {
  readonly port: number
  readonly barePort: number
}

const [folder = ''] = process.argv.slice(2)
const store = await sqliteStore(join(folder, 'log.db'))
const door = await startIngest({ store, channels: adapters() })
const servers = [createServer(door.listener), bareServer()] as const

process.on('message', async (order: DoorOrder) => {
  if (order === 'spent') {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
    return
  }
  await Promise.all(servers.map(closeServer))
  await door.stop()
  await store.close()
  process.disconnect()
})
// Whoever asked is gone.
process.on('disconnect', () => process.exit())

const [port, barePort] = [await listen(servers[0]), await listen(servers[1])]
process.send?.({ port, barePort } satisfies DoorPorts)
