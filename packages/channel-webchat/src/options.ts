import type { MediaLimit } from '@ramal/channel'
import { freshId } from '@ramal/core'
import type { BlobStore } from './blob-store.js'
import type { RateLimit } from './rate-limit.js'

/** One chat on one site, and so one endpoint. */
export interface WidgetOptions {
  /** The endpoint's id, which the page names. */
  readonly id: string
  readonly label?: string
  /** Sites that may show it, such as `https://shop.example`; `*` for any. */
  readonly origins: readonly string[] | '*'
  /** How the site vouches for visitors who have logged in there. Without it all are anonymous. */
  readonly identity?: {
    /** Shared with the site's server, which signs ids with it; see `signIdentity`. */
    readonly secret: string
    /** Where the site's ids are unique; absent where one person has one id in all the brand's systems. */
    readonly scope?: string
  }
}

export interface WebchatOptions {
  /** The adapter's id. Default `webchat`. */
  readonly id?: string
  readonly widgets: readonly WidgetOptions[]
  /**
   * At least 32 characters each. The first signs sessions, all are accepted. Every process must have the same.
   */
  readonly secrets: readonly string[]
  /** Without one, nobody can send files. */
  readonly attachments?: BlobStore
  /** Most bytes of a file. Default 10 MiB. */
  readonly maxAttachment?: number
  /** What a page may show of an agent who answers. Default: nothing. */
  readonly agentName?: (agent: string) => string | undefined
  /** Of a session token, in ms; it is renewed without being noticed. Default one hour. */
  readonly tokenLifetime?: number
  /** How long after its expiry a token still says who comes back, in ms. Default 90 days. */
  readonly remembered?: number
  /** Default 20 messages in 10 s for a session. */
  readonly messageRate?: RateLimit
  /** A sign of life on every idle connection, in ms. Default 25 s: proxies cut what is silent for 30 to 60 s. */
  readonly heartbeat?: number
  /** Most connections that a session may have open at once. Default 8. */
  readonly maxConnections?: number
  /** Ids of sessions and of anonymous visitors; nobody may guess them. Default: random UUIDs. */
  readonly newId?: () => string
}

/** UTF-8 bytes of one message. */
export const MAX_MESSAGE_BYTES = 8 * 1024

/** Of a JSON body: a message whose every character is escaped, and what goes with it. */
export const MAX_JSON_BYTES = 64 * 1024

export type Settings = Required<Omit<WebchatOptions, 'attachments'>> & Pick<WebchatOptions, 'attachments'>

/** The options with their defaults. @throws RangeError for options that cannot work */
export const settingsOf = (options: WebchatOptions): Settings => {
  if (options.widgets.length === 0) throw new RangeError('webchat: `widgets` is empty; name at least one.')
  if (new Set(options.widgets.map((w) => w.id)).size !== options.widgets.length)
    throw new RangeError('webchat: two widgets have one id; each is an endpoint of its own.')
  if (options.secrets.length === 0 || options.secrets.some((s) => s.length < 32))
    throw new RangeError('webchat: `secrets` needs one or more secrets of at least 32 characters each.')
  for (const { id, origins } of options.widgets)
    for (const origin of origins === '*' ? [] : origins)
      if (!URL.canParse(origin) || new URL(origin).origin !== origin)
        throw new RangeError(
          `webchat: origin "${origin}" of widget "${id}" is not of the form https://host[:port], without a path.`,
        )
  return {
    id: 'webchat',
    maxAttachment: 10 * 1024 * 1024,
    agentName: () => undefined,
    tokenLifetime: 60 * 60 * 1000,
    remembered: 90 * 24 * 60 * 60 * 1000,
    messageRate: { count: 20, window: 10_000 },
    heartbeat: 25_000,
    maxConnections: 8,
    newId: freshId,
    ...options,
  }
}

/** What a visitor can be shown. */
export const capabilitiesOf = ({ attachments, maxAttachment }: Settings) => {
  const limit: MediaLimit = { maxBytes: maxAttachment }
  return {
    maxText: MAX_MESSAGE_BYTES,
    ...(attachments ? { media: { image: limit, video: limit, audio: limit, document: limit } } : {}),
    maxCaption: 1024,
    menu: { maxButtons: 20, maxOptions: 20, maxTitle: 80, maxDescription: 200, maxText: MAX_MESSAGE_BYTES },
    typing: true,
    read: true,
  }
}
