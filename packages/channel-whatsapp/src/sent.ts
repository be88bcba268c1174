import { isObject, itemsOf, present, shape } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import { nonEmpty } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type ReadContent, type Reader, reading } from './reader.js'

// Messages in the form in which a business sends them. They are heard while another application answers: what it sends
// is echoed to us as it was sent.

const words = shape({}, { text: t.string })
const asked = shape(
  { body: shape({ text: t.string }) },
  {
    header: words,
    footer: words,
    action: shape({}, { button: t.string, buttons: t.UnknownArray, sections: t.UnknownArray }),
  },
)
const option = shape({ id: nonEmpty, title: nonEmpty }, { description: t.string })

const optionsOf = (rows: readonly unknown[]) =>
  rows.flatMap((u) => {
    const read = option.decode(u)
    return E.isRight(read) ? [read.right] : []
  })

/** A question with buttons or a list. Other things to be acted on, such as a form, are the text beside them. */
export const question = (u: unknown): ReadContent =>
  reading(asked, ({ body: { text }, header, footer, action }): Content => {
    const buttons = itemsOf(action?.buttons).map((b) => (isObject(b) ? b.reply : undefined))
    const rows = itemsOf(action?.sections).flatMap((s) => (isObject(s) ? itemsOf(s.rows) : []))
    const options = optionsOf([...buttons, ...rows])
    if (options.length === 0) return { kind: 'text', text }
    return {
      kind: 'menu',
      text,
      options,
      ...present({
        button: action?.button,
        header: header?.text || undefined,
        footer: footer?.text || undefined,
      }),
    }
  })(u, '')

export const template: Reader = reading(
  shape({ name: nonEmpty, language: shape({ code: nonEmpty }) }, { components: t.UnknownArray }),
  ({ name, language, components }) => ({
    kind: 'template',
    name,
    language: language.code,
    parameters: [],
    ...present({ components: components && [...components] }),
  }),
)

/** An echo may hold its message one level lower, without what it is called and when it was sent. */
export const echoed = (u: unknown): unknown => {
  if (!isObject(u) || !isObject(u.message)) return u
  const { message, template: definition, ...around } = u
  // A send names who has no number in a field of its own.
  const to = message.to ?? message.recipient
  return { ...message, ...present({ to }), ...around, ...present({ definition }) }
}
