import { createHash, randomUUID } from 'node:crypto'
import type { JSONEventData } from '@kurrent/kurrentdb-client'
import type { Duplicate, EventId, StreamName, Write } from '@ramal/core'
import type { Connection } from './connection.js'
import { readEvents } from './read.js'

/**
 * An id that may be only once in the log claims a stream of its own, which must not exist yet, in the same
 * all-or-nothing append. Its name has no dash and so is no stream of ours: reads and subscriptions pass by it.
 */
const claimStream = (id: EventId): string =>
  `ramal_once_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`

export interface Claim {
  readonly stream: string
  readonly event: JSONEventData
}

const CLAIMED = 'RamalIdClaimed'

/** The claims that an append must make. */
export const claimsOf = (writes: readonly Write[]): readonly Claim[] =>
  writes.flatMap(({ stream, events }) =>
    events
      .filter((event) => event.once)
      .map(({ meta }) => ({
        stream: claimStream(meta.id),
        event: {
          id: randomUUID(),
          contentType: 'application/json',
          type: CLAIMED,
          data: { id: meta.id, stream },
          metadata: undefined,
        },
      })),
  )

/** The first event of an append whose id another append has claimed. */
export const findClaimed = async (
  connection: Connection,
  writes: readonly Write[],
): Promise<Duplicate | undefined> => {
  const once = writes.flatMap((write) => write.events.filter((event) => event.once))
  const found = await Promise.all(
    once.map(async ({ meta }): Promise<Duplicate | undefined> => {
      const [claim] = await readEvents(connection, claimStream(meta.id), 0, 1)
      if (!claim) return undefined
      const { stream } = claim.data as { readonly stream: StreamName }
      return { _tag: 'Duplicate', id: meta.id, stream }
    }),
  )
  return found.find((duplicate) => duplicate !== undefined)
}
