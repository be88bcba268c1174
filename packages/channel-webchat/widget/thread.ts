/** What a message says; `url` of a file is absolute. Kinds that are not named here have no text. */
export interface Content {
  readonly kind: string
  readonly text?: string
  readonly caption?: string
  readonly title?: string
  readonly filename?: string
  readonly media?: 'image' | 'video' | 'audio' | 'document' | 'sticker'
  readonly url?: string
  readonly options?: readonly { readonly id: string; readonly title: string }[]
}

/** One message of the thread. The server's order is the only order. */
export interface Message {
  readonly id: string
  readonly from: 'visitor' | 'agent' | 'bot' | 'system'
  readonly at: number
  readonly name?: string
  readonly clientMsgId?: string
  readonly content: Content
  readonly edited?: boolean
  readonly revoked?: boolean
}

/** What the server sends; see the protocol in the README. */
export type Frame =
  | { readonly event: 'item'; readonly cursor: string; readonly item: Message & { readonly kind: string } }
  | { readonly event: 'checkpoint'; readonly cursor: string }
  | { readonly event: 'typing'; readonly on: boolean }

/** A server-sent event as a frame; nothing for a comment. */
export const parseEvent = (text: string): Frame | undefined => {
  const fields = Object.fromEntries(
    text.split('\n').map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  if (!fields.event) return undefined
  const data = JSON.parse(fields.data ?? 'null')
  const event = fields.event as Frame['event']
  if (event === 'item') return { event, cursor: fields.id ?? '', item: data }
  return event === 'typing' ? { event, on: data.on } : { event, cursor: fields.id ?? '' }
}

export interface Thread {
  readonly messages: () => readonly Message[]
  /** Everything up to here is in `messages`. */
  readonly cursor: () => string
  /**
   * Takes frames that were read from the log `after` a cursor. A frame twice changes nothing. False, and nothing
   * is taken, when they do not continue what is known: then read on from `cursor`.
   */
  apply(frames: readonly Frame[], after: string): boolean
  /** The server no longer knows the cursor: read from the beginning. */
  restart(): void
}

export const thread = (base: string, told: (frame: Frame) => void): Thread => {
  const messages = new Map<string, Message>()
  let cursor = ''
  const located = (content: Content): Content =>
    content.url && !/^https?:/.test(content.url) ? { ...content, url: `${base}/${content.url}` } : content

  const take = ({ kind, ...item }: Message & { readonly kind: string }) => {
    const known = messages.get(item.id)
    if (kind === 'message' && !known) messages.set(item.id, { ...item, content: located(item.content) })
    if (kind === 'edited' && known)
      messages.set(item.id, { ...known, content: located(item.content), edited: true })
    if (kind === 'revoked' && known) messages.set(item.id, { ...known, revoked: true })
  }

  return {
    messages: () => [...messages.values()],
    cursor: () => cursor,
    restart: () => {
      cursor = ''
    },
    apply(frames, after) {
      const continues = cursor === after
      for (const frame of frames) {
        if (frame.event !== 'typing') {
          if (!continues) continue
          if (frame.event === 'item') take(frame.item)
          cursor = frame.cursor
        }
        told(frame)
      }
      return continues
    },
  }
}
