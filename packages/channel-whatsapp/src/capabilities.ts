import type { Capabilities } from '@ramal/channel'

const MB = 1024 * 1024
const HOUR = 3_600_000

/** What a WhatsApp number can show. Limits of the Cloud API, November 2026. */
export const capabilities: Capabilities = {
  maxText: 4096,
  maxCaption: 1024,
  media: {
    image: { maxBytes: 5 * MB, mimeTypes: ['image/jpeg', 'image/png'] },
    video: { maxBytes: 16 * MB, mimeTypes: ['video/mp4', 'video/3gpp'] },
    audio: {
      maxBytes: 16 * MB,
      caption: false,
      mimeTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    },
    document: { maxBytes: 100 * MB },
    sticker: { maxBytes: 512_000, mimeTypes: ['image/webp'], caption: false },
  },
  menu: {
    maxButtons: 3,
    maxTitle: 20,
    maxOptions: 10,
    maxListTitle: 24,
    maxDescription: 72,
    maxText: 1024,
    maxAround: 60,
  },
  location: true,
  contacts: true,
  template: true,
  reaction: true,
  quote: true,
  typing: true,
  read: true,
  window: { open: 24 * HOUR, after: 'template' },
}
