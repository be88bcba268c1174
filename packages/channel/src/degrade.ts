import type { Content } from '@ramal/conversation'
import type { Capabilities } from './capabilities.js'

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
  splitText(text, can.maxText).map((part) => ({ kind: 'text', text: part }))

const degradeMedia = (content: Media, can: Capabilities): readonly Content[] => {
  const limit = can.media?.[content.media]
  const { caption, ...bare } = content
  if (!limit || (content.bytes !== undefined && content.bytes > limit.maxBytes)) {
    const link = /^https?:/.test(content.reference ?? '') ? content.reference : undefined
    return texts([caption, link ?? `[${content.filename ?? content.media}]`].filter(Boolean).join('\n'), can)
  }
  if (!caption || caption.length <= (can.maxCaption ?? 0)) return [content]
  return [bare, ...texts(caption, can)]
}

/** Whether an endpoint shows a menu as one. */
export const fitsMenu = (menu: Menu, can: Capabilities): boolean =>
  can.menu !== undefined &&
  menu.options.length > 0 &&
  menu.text.length <= can.menu.maxText &&
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

/** Parts of at most `max` UTF-16 code units, cut at an empty line, a line, a space, or else between characters. */
export const splitText = (text: string, max: number): readonly string[] => {
  if (text.length <= max) return [text]
  const parts: string[] = []
  let rest = text
  while (rest.length > max) {
    const head = rest.slice(0, max + 1)
    const at = ['\n\n', '\n', ' '].map((s) => head.lastIndexOf(s)).find((i) => i > max / 2) ?? cut(rest, max)
    parts.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  if (rest.length > 0) parts.push(rest)
  return parts.filter((part) => part.length > 0)
}

const cut = (text: string, max: number): number => {
  const last = text.charCodeAt(max - 1)
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff
  return Math.max(1, isHighSurrogate && max > 1 ? max - 1 : max)
}
