import type { Capabilities } from '@ramal/channel'

const MB = 1024 * 1024
const HOUR = 3_600_000

/** Where Messenger and Instagram differ; all else they have in common. */
export interface Platform {
  readonly channel: 'messenger' | 'instagram'
  /** What webhooks call it. */
  readonly object: 'page' | 'instagram'
  /** Begins every dedupe key. */
  readonly prefix: string
  readonly identifier: 'psid' | 'igsid'
  /** Echoes carry what was sent as `metadata`. */
  readonly echoesMetadata: boolean
  readonly capabilities: Capabilities
}

/** Free within a day; a person may answer within seven. Limits of the Send API, November 2026. */
const window = {
  open: 24 * HOUR,
  after: 'nothing',
  human: { open: 7 * 24 * HOUR, tag: 'HUMAN_AGENT' },
} as const

const menu = { maxButtons: 13, maxOptions: 13, maxTitle: 20, maxText: 2000 }

export const messengerPlatform: Platform = {
  channel: 'messenger',
  object: 'page',
  prefix: 'fb',
  identifier: 'psid',
  echoesMetadata: true,
  capabilities: {
    maxText: 2000,
    media: {
      image: { maxBytes: 8 * MB },
      video: { maxBytes: 25 * MB },
      audio: { maxBytes: 25 * MB },
      document: { maxBytes: 25 * MB },
    },
    menu,
    quote: true,
    typing: true,
    read: true,
    window,
  },
}

export const instagramPlatform: Platform = {
  channel: 'instagram',
  object: 'instagram',
  prefix: 'ig',
  identifier: 'igsid',
  echoesMetadata: false,
  capabilities: {
    maxText: 1000,
    maxTextBytes: 1000,
    media: {
      image: { maxBytes: 8 * MB, mimeTypes: ['image/jpeg', 'image/png', 'image/gif'] },
      video: { maxBytes: 25 * MB },
      audio: { maxBytes: 25 * MB },
    },
    menu: { ...menu, maxText: 1000 },
    quote: true,
    typing: true,
    read: true,
    window,
  },
}
