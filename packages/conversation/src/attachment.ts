import type { Instant } from '@ramal/core'
import type { Actor } from './actor.js'

/** A file that somebody sent: where the channel has it, and where we have it. */
export interface Attachment {
  /**
   * `pending` until it is with us; `failed` when it never will be, unless somebody asks for it again; `erased` when
   * somebody wants it to be with us no more.
   */
  state: 'pending' | 'stored' | 'failed' | 'erased'
  /** The provider's id or address of the file; none where it gave none. */
  readonly reference: string | undefined
  /** As the provider says, until it is stored; then as it came. */
  mimeType: string | undefined
  sha256: string | undefined
  readonly filename: string | undefined
  /** How often it was fetched. */
  attempts: number
  /** In the store of the engine. */
  location: string | undefined
  bytes: number | undefined
  /** Why it could not be fetched when it was tried last. */
  reason: string | undefined
  /** By whom, why and when; `done` when the bytes are gone. */
  erasure:
    | { readonly by: Actor; readonly reason: string; readonly at: Instant; readonly done: boolean }
    | undefined
}
