import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { Event, Metadata, NewEvent } from './event.js'
import { describeFaults } from './faults.js'
import type { Deep } from './json.js'

/** Turns data of version n into data of version n + 1. Pure; the old event in the log stays as it is. */
export type Upcaster = (data: never) => unknown

export interface EventType<T extends string = string, D = unknown> {
  readonly type: T
  readonly codec: t.Decoder<unknown, D>
  readonly is: (data: unknown) => data is D
  /** The version of the shape that `codec` describes: one more than there are upcasters. */
  readonly version: number
  readonly upcasters: readonly Upcaster[]
}

/**
 * One event type. `upcasters[0]` lifts version 1 to 2, and so on; the codec describes the newest.
 * The codec must be one that JSON passes through unchanged: no dates, no transformations.
 */
export const eventType = <T extends string, D>(
  type: T,
  codec: t.Type<D, unknown, unknown>,
  upcasters: readonly Upcaster[] = [],
): EventType<T, D> => ({ type, codec, is: codec.is, version: upcasters.length + 1, upcasters })

/** What was wrong with an event's data, and where. */
export interface InvalidEvent {
  readonly _tag: 'InvalidEvent'
  readonly type: string
  readonly message: string
}

const invalid = (type: string, message: string): E.Either<InvalidEvent, never> =>
  E.left({ _tag: 'InvalidEvent', type, message })

/** The event types of one category of streams. */
export interface EventFamily<Ev extends Event = Event> {
  readonly category: string
  readonly types: ReadonlyMap<string, EventType>
  /** Checks the data against the codec of its type and puts the metadata and the version on it. */
  encode(event: Ev, meta: Omit<Metadata, 'schemaVersion'>): E.Either<InvalidEvent, NewEvent<Ev>>
  /** For events from outside: checks everything. For our own log `upcast` is enough. */
  decode<X extends NewEvent>(recorded: X): E.Either<InvalidEvent, X & Ev>
  /** Lifts an event of our own log to the newest shape. Nothing for a type that is not of this family. */
  upcast<X extends NewEvent>(recorded: X): (X & Ev) | undefined
}

type EventsOf<Defs extends readonly EventType[]> = {
  [I in keyof Defs]: Defs[I] extends EventType<infer T, infer D> ? Event<T, Deep<D>> : never
}[number]

/** The union of the events of a family. */
export type EventOf<F> = F extends EventFamily<infer Ev> ? Ev : never

const lift = (definition: EventType, version: number, data: unknown): unknown => {
  let lifted = data
  for (let v = version; v < definition.version; v++) lifted = definition.upcasters[v - 1]!(lifted as never)
  return lifted
}

/** Field by field: to spread what comes once an event costs more than to check it. */
const stamped = <Ev extends Event>(
  { type, data }: Ev,
  { id, at, tenant, actor, correlationId, causationId, traceparent }: Omit<Metadata, 'schemaVersion'>,
  schemaVersion: number,
): NewEvent<Ev> => {
  const meta: Metadata = { id, at, tenant, actor, correlationId, causationId, schemaVersion, traceparent }
  return { type, data, meta } as NewEvent<Ev>
}

export const eventFamily = <const Defs extends readonly EventType[]>(
  category: string,
  ...definitions: Defs
): EventFamily<EventsOf<Defs>> => {
  type Ev = EventsOf<Defs>
  const types = new Map<string, EventType>(definitions.map((d) => [d.type, d]))
  if (types.size !== definitions.length)
    throw new TypeError(`Two event types of "${category}" have one name.`)

  const upcast = <X extends NewEvent>(recorded: X): (X & Ev) | undefined => {
    const definition = types.get(recorded.type)
    if (!definition) return undefined
    const version = recorded.meta.schemaVersion
    if (version === definition.version) return recorded as X & Ev
    const data = lift(definition, version, recorded.data)
    return { ...recorded, data, meta: { ...recorded.meta, schemaVersion: definition.version } } as X & Ev
  }

  const check = (definition: EventType, data: unknown): E.Either<InvalidEvent, unknown> => {
    // Nearly all fit, and to see that takes no copy of them; the codec says what is wrong with the others.
    if (definition.is(data)) return E.right(data)
    const result = definition.codec.decode(data)
    return E.isRight(result) ? result : invalid(definition.type, describeFaults(result.left))
  }

  return {
    category,
    types,
    upcast,
    encode(event, meta) {
      const definition = types.get(event.type)
      if (!definition) return invalid(event.type, `"${category}" has no event type "${event.type}".`)
      const checked = check(definition, event.data)
      if (E.isLeft(checked)) return checked
      return E.right(stamped(event, meta, definition.version))
    },
    decode<X extends NewEvent>(recorded: X) {
      const definition = types.get(recorded.type)
      if (!definition) return invalid(recorded.type, `"${category}" has no event type "${recorded.type}".`)
      const version = recorded.meta.schemaVersion
      if (!(Number.isInteger(version) && version >= 1 && version <= definition.version))
        return invalid(
          recorded.type,
          `Version ${version} is unknown; this code reads 1 to ${definition.version}.`,
        )
      const lifted = upcast(recorded)!
      const checked = check(definition, lifted.data)
      return E.isLeft(checked) ? checked : E.right(lifted)
    },
  }
}
