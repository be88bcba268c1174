import type { Actor, Content, Delivery } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import type { Identifier } from '@ramal/customer'

/** Names a place in a thread. Opaque; made by the reader, handed back to go on after it. */
export type ThreadCursor = string

interface ThreadItemBase {
  /** Going on after this cursor neither repeats this item nor skips the next. */
  readonly cursor: ThreadCursor
  readonly at: Instant
  readonly conversation: string
}

/** What a customer may see of a thread. `message` is our id of a message; decisions and notes are not in it. */
export type ThreadItem =
  | (ThreadItemBase & {
      readonly kind: 'message'
      readonly message: string
      readonly by: Actor
      readonly content: Content
      /** What the adapter gave as `providerId` for a message of the customer. */
      readonly providerId?: string
      readonly replyTo?: string
    })
  | (ThreadItemBase & { readonly kind: 'edited'; readonly message: string; readonly content: Content })
  | (ThreadItemBase & { readonly kind: 'revoked'; readonly message: string })
  | (ThreadItemBase & {
      readonly kind: 'reaction'
      readonly message: string
      readonly by: Actor
      readonly emoji?: string
    })
  | (ThreadItemBase & { readonly kind: 'delivery'; readonly message: string; readonly to: Delivery })
  | (ThreadItemBase & { readonly kind: 'joined'; readonly agent: string })
  | (ThreadItemBase & { readonly kind: 'resolved' })

export interface ThreadPage {
  readonly items: readonly ThreadItem[]
  /** Go on after this; with no items it is a checkpoint. */
  readonly cursor: ThreadCursor
  /** The page reached the end of the thread, as it was when it was read. */
  readonly caughtUp: boolean
}

export interface ThreadReadOptions {
  readonly endpoint: string
  readonly peer: Identifier
  /** Exclusive. Without one, from the first message that this person exchanged with the endpoint. */
  readonly after?: ThreadCursor
}

/** Reads a thread from the log: a broken connection loses nothing, because the reader says where it was. */
export interface ThreadReader {
  /**
   * The items in the order of the log, and then what comes, until `signal` aborts: it then ends, without an
   * error. It also follows a peer who has not said anything yet.
   */
  read(options: ThreadReadOptions, signal: AbortSignal): AsyncIterable<ThreadPage>
}
