import {
  type ChannelEvent,
  type Endpoint,
  type FaultClass,
  messageReported,
  numberOf,
  peerOf,
  type Referral,
  statusReported,
} from '@ramal/channel'
import type { Content, Delivery } from '@ramal/conversation'
import { hashOf, type Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'

/** A file that came with a message. */
export interface SmsFile {
  readonly url: string
  readonly mimeType?: string | undefined
  /** Where the provider says it; else by type or name. */
  readonly media?: MediaKind | undefined
}

/** What every provider says of a message, each in its own words. */
export interface InboundSms {
  readonly id: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly at: Instant
  readonly text?: string | undefined
  readonly files?: readonly SmsFile[]
  /** What is neither text nor file. */
  readonly other?: readonly Content[]
  readonly part?: { readonly whole: string; readonly part: number; readonly total: number } | undefined
  readonly replyTo?: string | undefined
  readonly forwarded?: boolean | undefined
  readonly referral?: Referral | undefined
  readonly profileName?: string | undefined
  /** Instead of the number: all that the provider says who it is. */
  readonly peer?: readonly Identifier[]
  readonly raw: unknown
}

/** One step of a message of ours. */
export interface SmsStatus {
  readonly id: string | undefined
  /** In the provider's words; nothing where it says none. */
  readonly status: string | undefined
  readonly to: Delivery | undefined
  readonly at: Instant
  readonly our?: string | undefined
  readonly their?: string | undefined
  /** Instead of `their`: who it is, as the network says it. */
  readonly peer?: readonly Identifier[]
  readonly correlation?: string | undefined
  /** What follows is told of what failed only: providers give codes and words for success too. */
  readonly code?: string | undefined
  readonly reason?: string | undefined
  readonly class?: FaultClass | undefined
  readonly raw: unknown
}

/** Writes events of one provider, at one adapter. */
export interface Reporter {
  message(sms: InboundSms): readonly ChannelEvent[]
  status(status: SmsStatus): readonly ChannelEvent[]
  unknown(type: string, reason: string, at: Instant, raw: unknown): readonly ChannelEvent[]
  /** The endpoint of that number, as it was configured. */
  endpointOf(number: string | undefined): string
}

type MediaKind = Extract<Content, { kind: 'media' }>['media']

const kindsByName: readonly (readonly [ends: RegExp, kind: MediaKind])[] = [
  [/\.(jpe?g|png|gif|webp|heic|bmp)$/i, 'image'],
  [/\.(mp4|3gpp?|mov|webm|mpe?g)$/i, 'video'],
  [/\.(mp3|amr|ogg|m4a|aac|wav)$/i, 'audio'],
]

/** By the type, or by the end of the name where none is given. */
const mediaKind = ({ url, mimeType, media }: SmsFile): MediaKind => {
  if (media) return media
  if (mimeType === undefined) {
    const path = url.split(/[?#]/)[0] ?? ''
    return kindsByName.find(([ends]) => ends.test(path))?.[1] ?? 'document'
  }
  const kind = mimeType.split('/')[0]
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document'
}

/** One file says the text as its caption; several come after it. */
const contentsOf = (sms: InboundSms, id: string): readonly Content[] => {
  const { text, files = [], other = [] } = sms
  const media = files.map(
    (file, i): Content => ({
      kind: 'media',
      media: mediaKind(file),
      attachment: files.length === 1 ? id : `${id}/${i}`,
      reference: file.url,
      ...(file.mimeType === undefined ? {} : { mimeType: file.mimeType }),
      ...(files.length === 1 && text ? { caption: text } : {}),
    }),
  )
  const texts: readonly Content[] =
    text === undefined || (files.length === 1 && text) || (text === '' && media.length + other.length > 0)
      ? []
      : [{ kind: 'text', text }]
  return [...texts, ...media, ...other]
}

export const reporter = (provider: string, endpoints: readonly Pick<Endpoint, 'id'>[]): Reporter => {
  const byNumber = new Map(endpoints.map(({ id }) => [numberOf(id), id]))
  const endpointOf = (number = '') => byNumber.get(numberOf(number)) ?? numberOf(number)

  const unknown: Reporter['unknown'] = (type, reason, at, raw) => [
    {
      kind: 'unrecognised',
      dedupeKey: `${provider}:${hashOf(raw)}`,
      at,
      endpoint: '',
      peer: [],
      type,
      reason,
      raw,
    },
  ]

  return {
    endpointOf,
    unknown,
    message(sms) {
      const { id, from, to, at, part, replyTo, forwarded, referral, profileName, raw } = sms
      const missing = !id ? 'id' : !from ? 'sender' : !to ? 'receiver' : ''
      if (!id || !from || missing) return unknown('message', `It has no ${missing}.`, at, raw)
      const [endpoint, peer] = [endpointOf(to), sms.peer ?? peerOf(from)]
      const key = `${provider}:${id}`
      if (part)
        return [
          {
            kind: 'messagePart',
            dedupeKey: `${key}:part`,
            at,
            endpoint,
            peer,
            raw,
            whole: `${provider}:${part.whole}`,
            part: part.part,
            total: part.total,
            text: sms.text ?? '',
          },
        ]
      const contents = contentsOf(sms, id)
      if (contents.length === 0) return unknown('message', 'It says nothing.', at, raw)
      return contents.map((content, i) => {
        const part = i === 0 ? '' : `/${i}`
        const base = { dedupeKey: key + part, at, endpoint, peer, profileName }
        return messageReported(base, { providerId: id + part, content, replyTo, forwarded, referral, raw })
      })
    },
    status(step) {
      const { id, status, to, at, our, their, correlation, code, reason, raw } = step
      if (!id) return unknown('status', 'It has no id.', at, raw)
      if (status === undefined || to === undefined)
        return unknown(`status ${status ?? ''}`.trim(), 'This status is not known.', at, raw)
      const base = {
        dedupeKey: `${provider}:${id}:${status}`,
        at,
        endpoint: our === undefined ? '' : endpointOf(our),
        peer: step.peer ?? (their === undefined ? [] : peerOf(their)),
      }
      const failed = to === 'failed' ? { code, reason, class: step.class } : {}
      return [statusReported(base, { providerId: id, to, correlation, raw, ...failed })]
    },
  }
}
