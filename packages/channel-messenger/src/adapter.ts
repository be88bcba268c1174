import type { ChannelAdapter } from '@ramal/channel'
import { answerHandshake, graph, verifySignature } from '@ramal/channel-meta'
import { decode } from './decode.js'
import { mediaUntil } from './media-until.js'
import type { MessengerOptions } from './options.js'
import { instagramPlatform, messengerPlatform, type Platform } from './platform.js'
import { downloadMedia, type Sender, sendIndication, sendMessage, unknownPage, uploadMedia } from './send.js'

const checkOptions = (name: string, { appSecret, verifyToken, pages }: MessengerOptions): void => {
  const secrets = [appSecret].flat()
  const absent = [
    secrets.length === 0 || secrets.some((secret) => secret.length === 0) ? 'appSecret' : '',
    verifyToken.length === 0 ? 'verifyToken' : '',
    pages.length === 0 || pages.some((p) => p.id === '' || p.accessToken === '')
      ? 'pages with id and accessToken'
      : '',
  ].filter(Boolean)
  if (absent.length > 0)
    throw new TypeError(`${name} needs ${absent.join(', ')}: see the app dashboard of Meta for developers.`)
}

const adapterOf = (platform: Platform, options: MessengerOptions): ChannelAdapter => {
  checkOptions(platform.channel, options)
  const { pages, appSecret, verifyToken, appId, tags = ['HUMAN_AGENT'] } = options
  const senders = new Map<string, Sender>(
    pages.map(({ id, sendAs = id, accessToken }) => [
      id,
      { graph: graph({ ...options, accessToken }), path: encodeURIComponent(sendAs) },
    ]),
  )
  return {
    channel: platform.channel,
    id: options.id ?? platform.channel,
    endpoints: pages.map(({ id, label }) => ({
      id,
      capabilities: platform.capabilities,
      ...(label === undefined ? {} : { label }),
    })),
    handshake: (request) => answerHandshake(request, verifyToken),
    verify: (request) => verifySignature(request, appSecret),
    decode: (request, receivedAt) => decode(request, receivedAt, platform, appId),
    send: (message) => async () => {
      const sender = senders.get(message.endpoint)
      return sender ? sendMessage(sender, message, platform, tags) : unknownPage(message.endpoint)
    },
    indicate: (indication) => async () => {
      const sender = senders.get(indication.endpoint)
      return sender ? sendIndication(sender, indication) : unknownPage(indication.endpoint)
    },
    fetchMedia: (reference) => () => downloadMedia(reference, options),
    mediaUntil,
    uploadMedia: (endpoint, file) => async () => {
      const sender = senders.get(endpoint)
      return sender ? uploadMedia(sender, file) : unknownPage(endpoint)
    },
  }
}

/**
 * Facebook Messenger, for any number of pages of one app.
 * @throws TypeError when a secret, a token or the pages are missing
 */
export const messenger = (options: MessengerOptions): ChannelAdapter => adapterOf(messengerPlatform, options)

/**
 * Instagram direct messages, for any number of accounts of one app.
 * @throws TypeError when a secret, a token or the accounts are missing
 */
export const instagram = (options: MessengerOptions): ChannelAdapter => adapterOf(instagramPlatform, options)
