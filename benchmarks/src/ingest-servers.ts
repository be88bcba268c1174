import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ChannelAdapter } from '@ramal/channel'
import { messenger } from '@ramal/channel-messenger'
import { twilioSms } from '@ramal/channel-sms'
import { whatsapp } from '@ramal/channel-whatsapp'
import { APP_SECRET, AUTH_TOKEN, NUMBER, PAGE, PUBLIC_URL, SMS_NUMBER } from './ingest-mix.js'

export const adapters = (): readonly ChannelAdapter[] => [
  whatsapp({ appSecret: APP_SECRET, verifyToken: 'v', accessToken: 'a', numbers: [{ id: NUMBER }] }),
  messenger({ appSecret: APP_SECRET, verifyToken: 'v', pages: [{ id: PAGE, accessToken: 'a' }] }),
  twilioSms({
    accountSid: 'AC00000000000000000000000000000000',
    authToken: AUTH_TOKEN,
    publicUrl: PUBLIC_URL,
    numbers: [{ id: SMS_NUMBER }],
  }),
]

/** Longer than a run, in which some connections are seldom needed, in ms. */
const KEPT_ALIVE = 300_000

export const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.keepAliveTimeout = KEPT_ALIVE
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Takes the body and answers 200: what `node:http` costs, and nothing else. */
export const bareServer = (): Server =>
  createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.writeHead(200, { 'content-length': 0 })
      response.end()
    })
  })
