import type { ChannelEvent } from '@ramal/channel'

/** A report about a message, which may come before the message. */
export type EarlyReport = Extract<
  ChannelEvent,
  { kind: 'status' | 'messageEdited' | 'messageRevoked' | 'reaction' }
>

export interface Settling {
  readonly channel: string
  /** With a key of its own: that of the report is taken by the event that keeps it. */
  readonly report: EarlyReport
}

/** Reports that were kept because their message was not known, until it is. A fold of the log. */
export interface EarlyReports {
  kept(channel: string, report: EarlyReport): void
  /** A message has this id at the provider. */
  known(target: string): void
  /** An event was written by this command: perhaps what a report led to. */
  written(commandId: string): void
  /** By the command that is to write them: those whose message is known now. */
  readonly ready: ReadonlyMap<string, Settling>
  /** It is done, also where it had no news. */
  settled(commandId: string): void
}

/** Most messages that reports wait for. Those of messages that were never ours must not fill the memory. */
const MOST = 50_000

const SETTLED = '/known'

export const isEarly = (kind: string): boolean =>
  kind === 'status' || kind === 'messageEdited' || kind === 'messageRevoked' || kind === 'reaction'

export const targetOf = (report: EarlyReport): string =>
  report.kind === 'status' ? report.providerId : report.target

export const earlyReports = (isKnown: (target: string) => boolean): EarlyReports => {
  const waiting = new Map<string, Map<string, Settling>>()
  const ready = new Map<string, Settling>()

  const known = (target: string): void => {
    const reports = waiting.get(target)
    if (!reports) return
    waiting.delete(target)
    for (const [commandId, settling] of reports) ready.set(commandId, settling)
  }

  return {
    ready,
    known,
    kept(channel, report) {
      const target = `${channel}/${targetOf(report)}`
      const dedupeKey = `${report.dedupeKey}${SETTLED}`
      const reports = waiting.get(target) ?? new Map<string, Settling>()
      waiting.set(
        target,
        reports.set(`${channel}/${dedupeKey}`, { channel, report: { ...report, dedupeKey } }),
      )
      if (isKnown(target)) known(target)
      else if (waiting.size > MOST) waiting.delete(waiting.keys().next().value!)
    },
    settled: (commandId) => void ready.delete(commandId),
    written(commandId) {
      if (commandId.endsWith(SETTLED)) ready.delete(commandId)
    },
  }
}
