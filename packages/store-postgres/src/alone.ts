import { type Appended, ordinalOf, positionOf, type StreamName } from '@ramal/core'
import type { Encoded, Origin, Place } from './batch.js'

/** After so many calls in a row between which nobody else wrote, a store takes it that it writes alone. */
const PROOF = 8
/** Most streams whose versions are kept. */
const MOST_STREAMS = 4_096

export interface Alone {
  /** Where the event of an append belongs, as far as it is known here. The server has the last word. */
  placeOf(encoded: Encoded): Place | undefined
  /** What one call has written, how many events, and where the server says that it stands. */
  written(appended: readonly Appended[], events: number, origin?: Origin): void
  /** What is known does not hold. */
  forget(): void
}

const isSame = (a: Origin, b: Origin): boolean => a.every((part, i) => part === b[i])

/**
 * What a store knows of the log while nobody else writes. Positions have no gaps: when a call's events follow those
 * of the call before, nothing came between, and the streams written since are at the versions that they got.
 */
export const alone = (): Alone => {
  let origin: Origin | undefined
  let last = -1
  let calls = 0
  const versions = new Map<StreamName, number>()
  const forget = () => {
    origin = undefined
    last = -1
    calls = 0
    versions.clear()
  }
  return {
    placeOf({ lookUps: [lookUp, other], events }) {
      if (!origin || calls < PROOF || !lookUp || other || events !== 1) return undefined
      const { stream, expected } = lookUp
      // Whether a stream is there yet, the server sees without looking for it.
      const version = expected === 'empty' ? 0 : typeof expected === 'object' ? expected.at + 1 : undefined
      if (version === undefined || (version > 0 && versions.get(stream) !== version - 1)) return undefined
      return { origin, position: positionOf(last + 1), version }
    },
    written(appended, events, found) {
      if (appended.length === 0) return
      const head = Math.max(...appended.map(({ position }) => ordinalOf(position)))
      const sameLog = !found || (origin && isSame(found, origin))
      if (head - events !== last || !sameLog) forget()
      else calls++
      last = head
      origin ??= found
      for (const one of appended)
        for (const [stream, version] of one.versions) {
          versions.delete(stream)
          versions.set(stream, version)
        }
      for (const [stream] of versions) {
        if (versions.size <= MOST_STREAMS) break
        versions.delete(stream)
      }
    },
    forget,
  }
}
