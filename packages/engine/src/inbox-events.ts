import {
  type EventOf,
  eventFamily,
  eventType,
  integer,
  nonEmpty,
  personal,
  record,
  streamName,
} from '@ramal/core'
import * as t from 'io-ts'

/** The stream `inbox-DOOR`: what a door was told by providers, as its adapters decoded it. Each door writes its own. */
export const inboxEvents = eventFamily(
  'inbox',
  /** What came together, in its order: one event of many costs a fraction of many events. */
  eventType(
    'ReportsTaken',
    record({ reports: t.readonlyArray(record({ channel: nonEmpty, report: personal(t.unknown) })) }),
  ),
)

export type InboxEvent = EventOf<typeof inboxEvents>

/** The stream `intake-main`: how far the inboxes were read, all together in the order of the log, and by whom. */
export const intakeEvents = eventFamily(
  'intake',
  /**
   * Everything in the log up to this event of an inbox was taken in by the engine of this name. A place in a stream and
   * no position, since a log that is copied has other positions.
   */
  eventType('InboxRead', record({ by: nonEmpty, stream: nonEmpty, version: integer(0) })),
)

export type IntakeEvent = EventOf<typeof intakeEvents>

export const INTAKE = streamName('intake', 'main')
