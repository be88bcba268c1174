import type { Position } from './position.js'
import type { StreamName } from './stream-name.js'

/** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type Instant = number

/** Names one event in its stream, and with `once` in the whole log. A UUID; see `uuidOf`. */
export type EventId = string

/** A fact, in the past tense: what happened, and the data that says so. */
export interface Event<T extends string = string, D = unknown> {
  readonly type: T
  readonly data: D
}

export interface Metadata {
  readonly id: EventId
  /** When it happened, by the clock of whoever saw it happen. Never the order of the log. */
  readonly at: Instant
  readonly tenant: string
  /** Who did it: an agent, a customer, the router. */
  readonly actor?: string
  /** Common to everything that one message or one decision led to. */
  readonly correlationId: string
  /** The command or the event that led directly to this one. */
  readonly causationId: string
  /** Version of the shape of `data`; see `upcast` in `codec.ts`. */
  readonly schemaVersion: number
  /** W3C trace context. */
  readonly traceparent?: string
}

/** An event ready to be appended. */
export type NewEvent<E extends Event = Event> = E & {
  readonly meta: Metadata
  /**
   * No other event that is marked so may have this id, in the whole log: the store refuses the append with
   * `Duplicate`. For ids derived from a key that comes from outside, such as a provider's message id.
   */
  readonly once?: true
}

/** An event at its place in a stream: what a reducer sees. */
export type Fact<E extends Event = Event> = E & {
  readonly meta: Metadata
  readonly stream: StreamName
  /** Place in the stream, from 0. */
  readonly version: number
}

/** An event as the log holds it. */
export type Recorded<E extends Event = Event> = Fact<E> & {
  readonly position: Position
  /** When the store wrote it, by the store's clock. */
  readonly recordedAt: Instant
}
