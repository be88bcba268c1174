import { id, isObject, itemsOf, numeric, present, shape } from '@ramal/channel'
import { graphErrorOf, reasonOf } from '@ramal/channel-meta'
import type { Content } from '@ramal/conversation'
import { nonEmpty, shortIdOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { interactive } from './interactive.js'
import { type Reader, reading } from './reader.js'
import { template } from './sent.js'

const file = shape(
  {},
  {
    id,
    url: t.string,
    link: t.string,
    mime_type: t.string,
    sha256: t.string,
    caption: t.string,
    filename: t.string,
    voice: t.boolean,
    animated: t.boolean,
  },
)

type MediaContent = Extract<Content, { kind: 'media' }>
type MediaKind = MediaContent['media']

const media = (kind: MediaKind, fixed: { readonly voice?: boolean } = {}): Reader =>
  reading(
    file,
    (read, key) =>
      present<MediaContent>({
        kind: 'media',
        media: kind,
        attachment: read.id ?? shortIdOf(key),
        // The address lives for minutes, the id for days.
        reference: read.id ?? read.url ?? read.link,
        mimeType: read.mime_type,
        caption: read.caption,
        filename: read.filename,
        voice: fixed.voice ?? read.voice,
        animated: read.animated,
        sha256: read.sha256,
      }) as MediaContent,
  )

const cards = (u: unknown): Content => ({
  kind: 'contacts',
  contacts: itemsOf(u).flatMap((card) => {
    if (!isObject(card)) return []
    const name = isObject(card.name) ? card.name.formatted_name : undefined
    const organisation = isObject(card.org) ? card.org.company : undefined
    return [
      {
        phones: textsOf(card.phones, 'phone', 'wa_id'),
        emails: textsOf(card.emails, 'email'),
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof organisation === 'string' ? { organisation } : {}),
      },
    ]
  }),
})

const textsOf = (u: unknown, ...keys: readonly string[]): string[] =>
  itemsOf(u).flatMap((entry) => {
    if (!isObject(entry)) return []
    const found = keys.map((key) => entry[key]).find((text) => typeof text === 'string' && text.length > 0)
    return typeof found === 'string' ? [found] : []
  })

const orderItem = shape(
  { product_retailer_id: id },
  { quantity: numeric, item_price: numeric, currency: t.string },
)

const order: Reader = reading(
  shape({}, { catalog_id: id, text: t.string, product_items: t.UnknownArray }),
  ({ catalog_id, text, product_items }) => ({
    kind: 'order',
    items: itemsOf(product_items).flatMap((u) => {
      const read = orderItem.decode(u)
      if (E.isLeft(read)) return []
      const { product_retailer_id, quantity = 1, item_price, currency } = read.right
      return [{ product: product_retailer_id, quantity, ...present({ price: item_price, currency }) }]
    }),
    ...present({ catalog: catalog_id, text }),
  }),
)

/** By the type of a message: where its content stands is under the same name. */
export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['text', reading(shape({ body: t.string }), ({ body }) => ({ kind: 'text', text: body }))],
  ['image', media('image')],
  ['video', media('video')],
  ['audio', media('audio')],
  ['voice', media('audio', { voice: true })],
  ['document', media('document')],
  ['sticker', media('sticker')],
  [
    'location',
    reading(
      shape({ latitude: numeric, longitude: numeric }, { name: t.string, address: t.string, url: t.string }),
      (location) => ({ kind: 'location', ...location }),
    ),
  ],
  ['contacts', (u) => (Array.isArray(u) ? E.right(cards(u)) : E.left('contacts: expected a list'))],
  ['interactive', interactive],
  [
    'button',
    // The quick reply of a template; its payload is what was put there when the template was sent.
    reading(shape({ text: t.string }, { payload: nonEmpty }), ({ text, payload }) => ({
      kind: 'choice',
      id: payload ?? text,
      title: text,
    })),
  ],
  ['order', order],
  ['template', template],
  ['request_welcome', () => E.right({ kind: 'reference', to: 'welcome' })],
])

/** What WhatsApp itself could not hand over: the customer has written, we cannot see what. */
export const unsupported = (type: string, detail: unknown, errors: readonly unknown[] = []): Content => {
  const error = graphErrorOf(errors[0])
  const what = isObject(detail) && typeof detail.type === 'string' ? detail.type : type
  return {
    kind: 'unsupported',
    reason: what,
    ...(error ? { code: error.code, title: reasonOf(error) } : {}),
  }
}
