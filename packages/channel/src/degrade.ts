import type { Content } from '@ramal/conversation'
import type { Capabilities, MediaLimit } from './capabilities.js'

type Menu = Extract<Content, { kind: 'menu' }>
type Media = Extract<Content, { kind: 'media' }>

/**
 * What to send instead, in this order, on an endpoint that cannot show `content` as it is. A menu becomes a
 * numbered text, a file its address, a place a link, a long text several. What has no meaning without the
 * channel's help, such as a template, is left as it is, for `send` to refuse.
 */
export const degrade = (content: Content, can: Capabilities): readonly Content[] => {
  switch (content.kind) {
    case 'text':
      return texts(content.text, can)
    case 'menu':
      return fitsMenu(content, can) ? [content] : texts(menuText(content), can)
    case 'media':
      return degradeMedia(content, can)
    case 'location': {
      if (can.location) return [content]
      const { latitude, longitude, name, address, url } = content
      const map = url ?? `https://maps.google.com/?q=${latitude},${longitude}`
      return texts([name, address, map].filter(Boolean).join('\n'), can)
    }
    case 'contacts': {
      if (can.contacts) return [content]
      const lines = content.contacts.map(({ name, organisation, phones, emails }) =>
        [name, organisation, ...phones, ...emails].filter(Boolean).join(', '),
      )
      return texts(lines.join('\n'), can)
    }
    default:
      return [content]
  }
}

const texts = (text: string, can: Capabilities): readonly Content[] =>
  splitText(text, can.maxText, can.maxTextBytes).map((part) => ({ kind: 'text', text: part }))

/** Whether a file of this type is taken, as far as its type is known. */
export const takesType = ({ mimeType }: Media, limit: MediaLimit): boolean =>
  mimeType === undefined ||
  limit.mimeTypes === undefined ||
  limit.mimeTypes.includes(mimeType.split(';')[0]!.trim().toLowerCase())

const degradeMedia = (content: Media, can: Capabilities): readonly Content[] => {
  const limit = can.media?.[content.media]
  const { caption, ...bare } = content
  const link = /^https?:/.test(content.reference ?? '') ? content.reference : undefined
  // Of a file without an address nothing is left but its name: then whoever sent it is told.
  if (limit && !takesType(content, limit) && link === undefined) return [content]
  if (!limit || (content.bytes ?? 0) > limit.maxBytes || !takesType(content, limit))
    return texts([caption, link ?? `[${content.filename ?? content.media}]`].filter(Boolean).join('\n'), can)
  const maxCaption = limit.caption === false ? 0 : (can.maxCaption ?? 0)
  if (!caption || caption.length <= maxCaption) return [content]
  return [bare, ...texts(caption, can)]
}

/** Whether an endpoint shows a menu as one. */
export const fitsMenu = (menu: Menu, can: Capabilities): boolean =>
  can.menu !== undefined &&
  menu.options.length > 0 &&
  menu.text.length <= can.menu.maxText &&
  Math.max(menu.header?.length ?? 0, menu.footer?.length ?? 0) <= (can.menu.maxAround ?? Infinity) &&
  (asButtons(menu, can) || asList(menu, can))

/** Whether its options can be buttons: few, short, and with nothing to explain. */
export const asButtons = ({ options }: Menu, { menu }: Capabilities): boolean =>
  menu !== undefined &&
  options.length <= menu.maxButtons &&
  options.every(({ title, description }) => !description && title.length <= menu.maxTitle)

const asList = ({ options }: Menu, { menu }: Capabilities): boolean =>
  menu !== undefined &&
  options.length <= menu.maxOptions &&
  options.every(
    ({ title, description = '' }) =>
      title.length <= (menu.maxListTitle ?? menu.maxTitle) &&
      description.length <= (menu.maxDescription ?? 0),
  )

const menuText = ({ header, text, options, footer }: Menu): string => {
  const rows = options.map(
    ({ title, description }, i) => `${i + 1}. ${title}${description ? `: ${description}` : ''}`,
  )
  return [header, text, rows.join('\n'), footer].filter(Boolean).join('\n\n')
}

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').trim().toLowerCase()

/** What a customer chose who was shown the menu as text: the number, the title or the id. */
export const choose = (menu: Menu, answer: string): Extract<Content, { kind: 'choice' }> | undefined => {
  const number = /^\s*[([]?(\d{1,3})[)\].:]?\s*$/.exec(answer)?.[1]
  const said = plain(answer)
  const option =
    menu.options.find((o) => plain(o.title) === said || plain(o.id) === said) ??
    (number === undefined ? undefined : menu.options[Number(number) - 1])
  return option && { kind: 'choice', id: option.id, title: option.title }
}

/**
 * Parts of at most `max` UTF-16 code units and `maxBytes` bytes of UTF-8, cut at an empty line, a line, a space, or
 * else between characters.
 */
export const splitText = (text: string, max: number, maxBytes = Infinity): readonly string[] => {
  const parts: string[] = []
  let rest = text
  for (;;) {
    const fit = fitting(rest, max, maxBytes)
    if (fit >= rest.length) break
    const head = rest.slice(0, fit + 1)
    const at = ['\n\n', '\n', ' '].map((s) => head.lastIndexOf(s)).find((i) => i > fit / 2) ?? fit
    parts.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  if (parts.length === 0) return [text]
  return [...parts, rest].filter((part) => part.length > 0)
}

/** How many code units of a text fit, at least one character. */
const fitting = (text: string, max: number, maxBytes: number): number => {
  // No code unit has more than three bytes.
  if (text.length <= max && text.length * 3 <= maxBytes) return text.length
  let units = 0
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0)!
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    if (units > 0 && (units + character.length > max || bytes > maxBytes)) return units
    units += character.length
  }
  return units
}
