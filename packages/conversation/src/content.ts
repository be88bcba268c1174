import { type Deep, finite, integer, nonEmpty, oneOf, personal, record, tagged } from '@ramal/core'
import * as t from 'io-ts'

const contactCard = record(
  { phones: t.array(t.string), emails: t.array(t.string) },
  { name: t.string, organisation: t.string },
)

const orderItem = record({ product: t.string, quantity: finite }, { price: finite, currency: t.string })

/**
 * What a message says, whatever the channel. A media file is a reference (`attachment`), fetched by a job of its
 * own. What a channel sends that we do not know is `unsupported` or `unrecognised`, never lost.
 */
export const content = tagged('kind', {
  text: record({ kind: t.literal('text'), text: personal(t.string) }),
  media: record(
    {
      kind: t.literal('media'),
      media: oneOf('image', 'video', 'audio', 'document', 'sticker'),
      /** Names the file within the conversation. */
      attachment: nonEmpty,
    },
    {
      /** The provider's id or address of the file, as it gave it. */
      reference: t.string,
      mimeType: t.string,
      caption: personal(t.string),
      filename: personal(t.string),
      voice: t.boolean,
      animated: t.boolean,
      sha256: t.string,
      bytes: integer(0),
    },
  ),
  location: record(
    { kind: t.literal('location'), latitude: personal(finite), longitude: personal(finite) },
    { name: personal(t.string), address: personal(t.string), url: personal(t.string) },
  ),
  contacts: record({ kind: t.literal('contacts'), contacts: personal(t.array(contactCard)) }),
  /** A button or a list row that was offered before, now chosen. */
  choice: record(
    { kind: t.literal('choice'), id: t.string, title: personal(t.string) },
    { description: personal(t.string) },
  ),
  /** A filled form; `json` is what the channel sent, as text. */
  form: record(
    { kind: t.literal('form'), json: personal(t.string) },
    { name: t.string, summary: personal(t.string) },
  ),
  order: record(
    { kind: t.literal('order'), items: t.array(orderItem) },
    { catalog: t.string, text: personal(t.string) },
  ),
  /** Something outside the thread: a story, an advertisement, a post, a shared product. */
  reference: record(
    { kind: t.literal('reference'), to: t.string },
    { id: t.string, url: t.string, text: personal(t.string) },
  ),
  template: record(
    {
      kind: t.literal('template'),
      name: nonEmpty,
      language: nonEmpty,
      parameters: personal(t.array(t.string)),
    },
    { category: t.string, components: personal(t.array(t.unknown)) },
  ),
  /** Buttons or a list to choose from, sent by us. */
  menu: record(
    {
      kind: t.literal('menu'),
      text: personal(t.string),
      options: t.readonlyArray(record({ id: nonEmpty, title: nonEmpty }, { description: t.string })),
    },
    { button: t.string, header: t.string, footer: t.string },
  ),
  /** The channel says that it cannot show this to us. */
  unsupported: record(
    { kind: t.literal('unsupported'), reason: t.string },
    { code: t.number, title: t.string },
  ),
  /** The channel sent a kind that this version does not know; the raw payload is kept with the message. */
  unrecognised: record({ kind: t.literal('unrecognised'), type: t.string }),
})

export type Content = t.TypeOf<typeof content>
export type ContentKind = Content['kind']

const STORED = 'stored:'

/** The `reference` of a file that is in our own store: `stored:` and where the store has it. */
export const storedReference = (location: string): string => `${STORED}${location}`

/** Where our store has the file, if the reference is to one of ours. */
export const locationOf = (reference: string | undefined): string | undefined =>
  reference?.startsWith(STORED) ? reference.slice(STORED.length) : undefined

/** One line that stands for the content in lists and notifications. */
export const summaryOf = (c: Deep<Content>): string => {
  switch (c.kind) {
    case 'text':
      return c.text
    case 'media':
      return c.caption ?? c.filename ?? `[${c.voice ? 'voice note' : c.media}]`
    case 'location':
      return c.name ?? c.address ?? '[location]'
    case 'contacts':
      return `[${c.contacts.length === 1 ? 'contact' : `${c.contacts.length} contacts`}]`
    case 'choice':
      return c.title
    case 'form':
      return c.summary ?? '[form]'
    case 'order':
      return c.text ?? `[order of ${c.items.length} ${c.items.length === 1 ? 'item' : 'items'}]`
    case 'reference':
      return c.text ?? `[${c.to}]`
    case 'template':
      return `[template ${c.name}]`
    case 'menu':
      return c.text
    case 'unsupported':
      return `[unsupported: ${c.title ?? c.reason}]`
    case 'unrecognised':
      return `[unrecognised: ${c.type}]`
  }
}
