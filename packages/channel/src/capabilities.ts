import type { Content } from '@ramal/conversation'

export type MediaKind = Extract<Content, { kind: 'media' }>['media']

/** How we may write to a customer, depending on when the customer wrote last. */
export interface Window {
  /** Free messages are possible for so long after the customer's last one, in ms. */
  readonly open: number
  /** What remains possible then. */
  readonly after: 'template' | 'nothing'
  /** Longer for people than for bots, with the tag that says so, in ms. */
  readonly human?: { readonly open: number; readonly tag: string }
}

export interface MediaLimit {
  readonly maxBytes: number
  /** Without one every type is taken. */
  readonly mimeTypes?: readonly string[]
  /** Whether it can have a caption, where captions are possible at all. Default: yes. */
  readonly caption?: boolean
}

/** What an endpoint can show. A kind that is not mentioned cannot be shown; see `degrade`. */
export interface Capabilities {
  /** Most UTF-16 code units in one text. */
  readonly maxText: number
  /** Most bytes of UTF-8 in one text, for providers that count those. */
  readonly maxTextBytes?: number
  readonly media?: Readonly<Partial<Record<MediaKind, MediaLimit>>>
  /** Most characters of a caption; 0: none. */
  readonly maxCaption?: number
  readonly menu?: {
    /** Up to so many options are buttons; up to `maxOptions` are a list. */
    readonly maxButtons: number
    readonly maxOptions: number
    /** Most characters of a title; in a list `maxListTitle`, if it differs. */
    readonly maxTitle: number
    readonly maxListTitle?: number
    /** Only lists describe. Default 0. */
    readonly maxDescription?: number
    readonly maxText: number
    /** Most characters of a header or a footer. Default: any. */
    readonly maxAround?: number
  }
  readonly location?: boolean
  readonly contacts?: boolean
  readonly template?: boolean
  readonly reaction?: boolean
  /** Answers can quote a message. */
  readonly quote?: boolean
  readonly typing?: boolean
  readonly read?: boolean
  readonly window?: Window
}

/** Our address on a channel: a number, a page, a widget. */
export interface Endpoint {
  /** As the provider names it in its payloads; unique within the channel. */
  readonly id: string
  readonly capabilities: Capabilities
  /** The account at the provider that its templates belong to, where there are several. */
  readonly account?: string
  /** For people: the number or the name. */
  readonly label?: string
}
