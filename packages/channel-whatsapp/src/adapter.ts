import { type ChannelAdapter, type OutboundMessage, type PaceOptions, paced, present } from '@ramal/channel'
import { answerHandshake, graph, verifySignature } from '@ramal/channel-meta'
import { controlCall } from './call-control.js'
import { capabilities } from './capabilities.js'
import { decode } from './decode.js'
import { holdsOf } from './errors.js'
import { downloadMedia, mediaUntil, UPLOADS_LAST, uploadMedia } from './media.js'
import type { WhatsAppOptions } from './options.js'
import { sendIndication, sendMessage } from './send.js'

const DEFAULT_PACE: PaceOptions = {
  endpoint: { burst: 80, every: 12.5 },
  pair: { burst: 10, every: 6_000 },
}

/** The names of what must be given and is not a text with something in it. */
const missing = (options: WhatsAppOptions): readonly string[] =>
  [
    [
      'appSecret',
      [options.appSecret].flat().every((secret) => secret.length > 0) && options.appSecret.length > 0,
    ],
    ['verifyToken', options.verifyToken.length > 0],
    ['accessToken', options.accessToken.length > 0 || typeof options.accessToken === 'function'],
    ['numbers', options.numbers.length > 0 && options.numbers.every(({ id }) => id.length > 0)],
  ].flatMap(([name, given]) => (given ? [] : [String(name)]))

/**
 * WhatsApp through the Business Platform (Cloud API), without an SDK and without state.
 * @throws TypeError when a secret, a token or the numbers are missing
 */
export const whatsapp = (options: WhatsAppOptions): ChannelAdapter => {
  const absent = missing(options)
  if (absent.length > 0)
    throw new TypeError(`WhatsApp needs ${absent.join(', ')}: see the app dashboard of Meta for developers.`)
  const { id = 'whatsapp', numbers, appSecret, verifyToken, portfolio = 'whatsapp' } = options
  const api = graph(options)
  const accounts = new Set(numbers.flatMap(({ account }) => account ?? []))
  const send = (message: OutboundMessage) => () => sendMessage(api, message, options)
  const pace = { ...(options.pace ?? DEFAULT_PACE), ...present({ clock: options.clock }), holds: holdsOf }
  return {
    channel: 'whatsapp',
    id,
    endpoints: numbers.map((number) => ({ ...number, capabilities })),
    handshake: (request) => answerHandshake(request, verifyToken),
    verify: (request) => verifySignature(request, appSecret),
    decode: (request, receivedAt) => decode(request, receivedAt, portfolio, accounts),
    send: paced(send, pace),
    indicate: (indication) => () => sendIndication(api, indication, options),
    control: (command) => () => controlCall(api, command),
    fetchMedia: (reference) => () => downloadMedia(api, reference, options),
    uploadMedia: (endpoint, file) => () => uploadMedia(api, endpoint, file),
    mediaUntil,
    uploadsLast: UPLOADS_LAST,
  }
}
