import {
  type ChannelEvent,
  type Endpoint,
  type FaultClass,
  messageReported,
  numberOf,
  peerOf,
  statusReported,
} from '@ramal/channel'
import type { Content, Delivery } from '@ramal/conversation'
import { hashOf, type Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'

/** A file that came with a message. */
export interface SmsFile {
  readonly url: string
  readonly mimeType?: string | undefined
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
  readonly correlation?: string | undefined
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

const mediaKind = (mimeType = ''): 'image' | 'video' | 'audio' | 'document' => {
  const kind = mimeType.split('/')[0]
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document'
}

/** One file says the text as its caption; several come after it. */
const contentsOf = (sms: InboundSms, id: string): readonly Content[] => {
  const { text, files = [], other = [] } = sms
  const media = files.map(
    ({ url, mimeType }, i): Content => ({
      kind: 'media',
      media: mediaKind(mimeType),
      attachment: files.length === 1 ? id : `${id}/${i}`,
      reference: url,
      ...(mimeType === undefined ? {} : { mimeType }),
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
      const { id, from, to, at, part, replyTo, profileName, raw } = sms
      const missing =
        id === undefined ? 'id' : from === undefined ? 'sender' : to === undefined ? 'receiver' : ''
      if (id === undefined || from === undefined || missing)
        return unknown('message', `It has no ${missing}.`, at, raw)
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
        return messageReported(base, { providerId: id + part, content, replyTo, raw })
      })
    },
    status(step) {
      const { id, status, to, at, our, their, correlation, code, reason, raw } = step
      if (id === undefined) return unknown('status', 'It has no id.', at, raw)
      if (status === undefined || to === undefined)
        return unknown(`status ${status ?? ''}`.trim(), 'This status is not known.', at, raw)
      const base = {
        dedupeKey: `${provider}:${id}:${status}`,
        at,
        endpoint: our === undefined ? '' : endpointOf(our),
        peer: their === undefined ? [] : peerOf(their),
      }
      const fault = to === 'failed' ? step.class : undefined
      return [statusReported(base, { providerId: id, to, correlation, code, reason, class: fault, raw })]
    },
  }
}
