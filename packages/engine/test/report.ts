import type { ChannelEvent } from '@ramal/channel'
import type { Recorded } from '@ramal/core'
import { NUMBER, T0 } from './desk.js'

/** As the adapter reports the message of that id. */
export const report = (id: string, more: object = {}): ChannelEvent => ({
  kind: 'message',
  dedupeKey: `wa:${NUMBER}:${id}`,
  at: T0,
  endpoint: NUMBER,
  peer: [{ kind: 'wa_id', value: '15550111', verified: true }],
  providerId: id,
  content: { kind: 'text', text: `words of ${id}` },
  ...more,
})

export const count = (log: readonly Recorded[], type: string): number =>
  log.filter((event) => event.type === type).length

/** The reports that are in inboxes, in the order of the log. */
export const reportsIn = (log: readonly Recorded[]): readonly ChannelEvent[] =>
  log.flatMap(({ type, data }) =>
    type === 'ReportsTaken'
      ? (data as { reports: { report: ChannelEvent }[] }).reports.map((taken) => taken.report)
      : [],
  )
