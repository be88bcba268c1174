import { eventType, instant, integer, nonEmpty, record } from '@ramal/core'
import * as t from 'io-ts'
import { actor } from './actor.js'

/** What becomes of the files of a conversation. */
export const attachmentEvents = [
  /** Written before a file is fetched, so that of several processes one does. */
  eventType('AttachmentAttempted', record({ attachment: nonEmpty, attempt: integer(1) })),
  eventType(
    'AttachmentStored',
    record(
      { attachment: nonEmpty, location: nonEmpty, bytes: integer(0), sha256: nonEmpty },
      { mimeType: t.string },
    ),
  ),
  /** Not `final`: it is fetched again, from `retryAt` on. */
  eventType(
    'AttachmentFailed',
    record({ attachment: nonEmpty, reason: nonEmpty, final: t.boolean }, { retryAt: instant }),
  ),
  /** From here on nobody is given it; that its bytes are gone, `AttachmentErased` says. */
  eventType('AttachmentErasureRequested', record({ attachment: nonEmpty, by: actor, reason: nonEmpty })),
  /** `shared`: the same bytes belong to another conversation too, and stay for that one. */
  eventType(
    'AttachmentErased',
    record({ attachment: nonEmpty, by: actor, reason: nonEmpty }, { shared: t.boolean }),
  ),
] as const
