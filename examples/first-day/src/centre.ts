import { webchat } from '@ramal/channel-webchat'
import { whatsapp } from '@ramal/channel-whatsapp'
import { random, uuidOf, type VirtualClock } from '@ramal/core'
import type { SqliteStore } from '@ramal/store-sqlite'
import { type Ramal, startRamal } from 'ramal'
import { type Server, serve } from 'srvx'
import { policy } from './policy.js'

/** Secrets of an example. Real ones come from the environment, never from a file of the repository. */
export const APP_SECRET = 'example-app-secret'
export const VERIFY_TOKEN = 'example-verify-token'
const SESSION_SECRET = 'example-session-secret-of-32-characters'
export const IDENTITY_SECRET = 'example-identity-secret-of-32-characters'
export const NUMBER = '100200300400500'
export const WIDGET = 'shop'

export interface Centre {
  readonly ramal: Ramal
  readonly url: string
  stop(): Promise<void>
}

/** The engine on a log, behind a real HTTP server on loopback. `salt` keeps the ids of a second run apart. */
export const openCentre = async (
  store: SqliteStore,
  clock: VirtualClock,
  seed: string,
  salt: string,
  provider: string,
): Promise<Centre> => {
  const ids = random(seed).substream(`ids/${salt}`)
  const newId = () => uuidOf(`${seed}/${salt}/${ids.next()}/${ids.next()}`)
  const ramal = await startRamal({
    store,
    clock,
    policy,
    name: `first-day-${salt}`,
    patience: 0,
    newId,
    channels: [
      whatsapp({
        appSecret: APP_SECRET,
        verifyToken: VERIFY_TOKEN,
        accessToken: 'example-access-token',
        numbers: [{ id: NUMBER, label: 'the shop' }],
        baseUrl: provider,
        clock,
      }),
      webchat({
        widgets: [{ id: WIDGET, origins: '*', identity: { secret: IDENTITY_SECRET } }],
        secrets: [SESSION_SECRET],
        newId,
      }),
    ],
  })
  const server: Server = serve({ fetch: ramal.handle, hostname: '127.0.0.1', port: 0, silent: true })
  await server.ready()
  return {
    ramal,
    url: server.url!.replace(/\/$/, ''),
    async stop() {
      await server.close(true)
      await ramal.stop()
    },
  }
}
