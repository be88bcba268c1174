import { id, isObject, itemsOf, present, type Referral, shape } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import { finite, shortIdOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

const payload = shape(
  {},
  {
    url: t.string,
    title: t.string,
    sticker_id: id,
    reel_video_id: id,
    ig_post_media_id: id,
    template_type: t.string,
    text: t.string,
    coordinates: shape({ lat: finite, long: finite }),
  },
)

const attachment = shape({ type: t.string }, { payload, title: t.string, url: t.string, name: t.string })
type Attachment = t.TypeOf<typeof attachment>

type MediaKind = Extract<Content, { kind: 'media' }>['media']

const mediaKinds: ReadonlyMap<string, MediaKind> = new Map([
  ['image', 'image'],
  ['video', 'video'],
  ['audio', 'audio'],
  ['file', 'document'],
  ['animated_image', 'image'],
] as const)

/** Things that lie outside the thread and are pointed at. Addresses of stories do not live long. */
const REFERENCES = new Set([
  ...['share', 'reel', 'ig_reel', 'post', 'ig_post', 'ig_story', 'story_mention', 'story_share'],
  ...['template', 'fallback', 'product', 'appointment_booking', 'ephemeral'],
])

/** The content of one attachment. `key` names it: attachments have no id of their own. */
const attachmentContent = (read: Attachment, key: string): Content => {
  const { type, payload: held = {} } = read
  const url = held.url ?? read.url
  const title = read.title ?? held.title
  const media = mediaKinds.get(type)
  if (media)
    return {
      kind: 'media',
      media: held.sticker_id === undefined ? media : 'sticker',
      attachment: shortIdOf(key),
      ...present({ reference: url, filename: media === 'document' ? (read.name ?? title) : undefined }),
    }
  if (type === 'location' && held.coordinates) {
    const { lat, long } = held.coordinates
    return { kind: 'location', latitude: lat, longitude: long, ...present({ name: title, url }) }
  }
  if (type === 'like_heart') return { kind: 'text', text: '❤️' }
  if (type === 'unsupported_type') return { kind: 'unsupported', reason: type }
  if (REFERENCES.has(type))
    return {
      kind: 'reference',
      to: type === 'template' ? (held.template_type ?? type) : type,
      ...present({ id: held.reel_video_id ?? held.ig_post_media_id, url, text: title ?? held.text }),
    }
  return { kind: 'unrecognised', type }
}

/**
 * The contents of a message: one, or one for each attachment. A text beside one file is its caption; beside
 * several it goes with the first. A link that the text holds anyway adds nothing.
 */
export const contentsOf = (message: Readonly<Record<string, unknown>>, key: string): readonly Content[] => {
  const text = typeof message.text === 'string' && message.text.length > 0 ? message.text : undefined
  if (message.is_unsupported === true && text === undefined)
    return [{ kind: 'unsupported', reason: 'unsupported' }]
  const quick = isObject(message.quick_reply) ? message.quick_reply.payload : undefined
  if (typeof quick === 'string' && quick.length > 0)
    return [{ kind: 'choice', id: quick, title: text ?? quick }]
  const attached = itemsOf(message.attachments).map((u, i): Content => {
    const read = attachment.decode(u)
    return E.isRight(read)
      ? attachmentContent(read.right, i === 0 ? key : `${key}#${i}`)
      : { kind: 'unrecognised', type: 'attachment' }
  })
  if (text === undefined) return attached.length > 0 ? attached : [{ kind: 'unrecognised', type: 'message' }]
  const [first, ...rest] = attached
  if (first?.kind === 'media') return [{ ...first, caption: text }, ...rest]
  return [{ kind: 'text', text }, ...attached.filter((c) => c.kind !== 'reference' || c.to !== 'fallback')]
}

const referral = shape(
  {},
  {
    ref: t.string,
    source: t.string,
    type: t.string,
    ad_id: id,
    referer_uri: t.string,
    ads_context_data: shape({}, { ad_title: t.string }),
  },
)

/** The link or the advertisement that somebody came through. */
export const referralOf = (u: unknown): Referral | undefined => {
  const read = isObject(u) ? referral.decode(u) : undefined
  if (!read || E.isLeft(read)) return undefined
  const { source, type, ref, ad_id, referer_uri, ads_context_data } = read.right
  return {
    source: source ?? type ?? 'unknown',
    ...present({ id: ad_id, url: referer_uri, headline: ads_context_data?.ad_title, ref }),
  }
}

const story = shape({}, { url: t.string, id })

/** The story of ours that a message answers. */
export const storyOf = (u: unknown): Referral | undefined => {
  const read = isObject(u) && isObject(u.story) ? story.decode(u.story) : undefined
  return read && E.isRight(read)
    ? { source: 'story', ...present({ id: read.right.id, url: read.right.url }) }
    : undefined
}
