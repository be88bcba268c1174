import { type EventOf, eventFamily, eventType, nonEmpty, oneOf, personal, record } from '@ramal/core'
import * as t from 'io-ts'

/** The stream `endpoint-CHANNEL.ENDPOINT`: what providers report that is no part of a conversation. */
export const endpointEvents = eventFamily(
  'endpoint',
  eventType(
    'EndpointHealthChanged',
    record({ level: oneOf('ok', 'degraded', 'down'), what: nonEmpty }, { detail: t.string, code: t.string }),
  ),
  /** Nothing is lost: what cannot be placed is kept as it came. */
  eventType('ReportKept', record({ kind: nonEmpty, why: nonEmpty, report: personal(t.unknown) })),
)

export type EndpointEvent = EventOf<typeof endpointEvents>
