import type { ChannelEvent, Ingested } from '@ramal/channel'
import { conversationEvents } from '@ramal/conversation'
import {
  type EventOf,
  eventFamily,
  eventType,
  instant,
  integer,
  nonEmpty,
  type Position,
  personal,
  type Recorded,
  record,
  START,
  type StreamName,
  shortIdOf,
  stamp,
  streamName,
} from '@ramal/core'
import { identifier } from '@ramal/customer'
import * as t from 'io-ts'
import { contextOf, type EngineContext } from './context.js'
import { keyOf } from './place.js'

type Part = Extract<ChannelEvent, { kind: 'messagePart' }>
type Whole = Extract<ChannelEvent, { kind: 'message' | 'messageEdited' }>
type TakeWhole = (channel: string, event: Whole) => Promise<Ingested>

/** The stream `part-ID`: one text that came in several messages. */
export const partEvents = eventFamily(
  'part',
  eventType(
    'PartReceived',
    record({
      channel: nonEmpty,
      endpoint: t.string,
      peer: t.array(identifier),
      whole: nonEmpty,
      part: integer(1),
      total: integer(1),
      text: personal(t.string),
      at: instant,
    }),
  ),
  /** The message was written: with all parts, or with gaps after waiting in vain. */
  eventType('PartsJoined', record({})),
)

type PartEvent = EventOf<typeof partEvents>
type PartReceived = Extract<PartEvent, { type: 'PartReceived' }>['data']

/** How long parts wait for the rest before the message is shown with gaps, in ms. */
const PATIENCE = 120_000

const GAP = ' […] '

const streamOf = (channel: string, whole: string): StreamName =>
  streamName('part', shortIdOf(`${channel}/${whole}`))

interface Group {
  readonly parts: Map<number, PartReceived>
  joined: boolean
}

const foldPart = (group: Group, event: Recorded): void => {
  const fact = partEvents.upcast(event)
  if (fact?.type === 'PartReceived') group.parts.set(fact.data.part, fact.data)
  if (fact?.type === 'PartsJoined') group.joined = true
}

const isComplete = (parts: Group['parts']): boolean => {
  const [first] = parts.values()
  return first !== undefined && parts.size >= first.total
}

/** The text in order, with a gap where parts are missing. */
const textOf = (parts: Group['parts']): string => {
  const [first] = parts.values()
  return Array.from({ length: first?.total ?? 0 }, (_, i) => parts.get(i + 1)?.text ?? GAP).join('')
}

const write = async (
  engine: EngineContext,
  stream: StreamName,
  key: string,
  at: number,
  event: PartEvent,
) => {
  const context = contextOf(engine, { commandId: key, at, once: key })
  const events = stamp(partEvents, stream, [event], context)
  await engine.store.append([{ stream, expected: 'any', events }])
}

/** What a message says now, by the log. */
const textNow = async (
  engine: EngineContext,
  { conversation, message }: Ingested,
): Promise<string | undefined> => {
  let text: string | undefined
  for await (const { events } of engine.store.read(streamName('conversation', conversation ?? 'none')))
    for (const event of events) {
      const fact = conversationEvents.upcast(event)
      if (fact?.type !== 'MessageReceived' && fact?.type !== 'MessageEdited') continue
      const { message: id, content } = fact.data
      if (id === message && content.kind === 'text') text = content.text
    }
  return text
}

/** Shows what there is: as a message, or, where one with gaps was shown before, as its correction. */
const show = async (
  engine: EngineContext,
  stream: StreamName,
  { parts }: Group,
  take: TakeWhole,
): Promise<Ingested> => {
  const all = [...parts.values()]
  const { channel, endpoint, peer, whole } = all[0]!
  const at = Math.min(...all.map((part) => part.at))
  const text = textOf(parts)
  const base = { at, endpoint, peer, content: { kind: 'text' as const, text } }
  const ingested = await take(channel, { ...base, kind: 'message', dedupeKey: whole, providerId: whole })
  const corrects = ingested.duplicate && (await textNow(engine, ingested)) !== text
  if (corrects)
    await take(channel, {
      ...base,
      kind: 'messageEdited',
      dedupeKey: `${whole}:now ${all.length}`,
      target: whole,
    })
  const key = `${channel}/${whole}:joined`
  await write(engine, stream, key, at, { type: 'PartsJoined', data: {} })
  return ingested
}

/**
 * Writes a part, and the message when it was the last one missing. The parts are in the log, so any process can
 * take any of them; two that see the last one at once write the same message.
 */
export const takePart = async (
  engine: EngineContext,
  channel: string,
  event: Part,
  take: TakeWhole,
): Promise<Ingested> => {
  const { endpoint, peer, whole, part, total, text, at } = event
  const stream = streamOf(channel, whole)
  const data = { channel, endpoint, peer: [...peer], whole, part, total, text, at }
  await write(engine, stream, keyOf(channel, event), at, { type: 'PartReceived', data } as PartEvent)
  const group: Group = { parts: new Map(), joined: false }
  for await (const { events } of engine.store.read(stream)) for (const e of events) foldPart(group, e)
  // What was shown with gaps already gets each part as it comes.
  if (!isComplete(group.parts) && !group.joined) return { event, duplicate: false }
  return { ...(await show(engine, stream, group, take)), event }
}

/** Shows with gaps what has waited too long for its rest. Looks every minute, in one process or in several. */
export const watchParts = async (
  engine: EngineContext,
  signal: AbortSignal,
  take: TakeWhole,
): Promise<void> => {
  const { store, clock } = engine
  const open = new Map<StreamName, Group & { readonly since: number }>()
  let position: Position = START
  const readOn = async () => {
    const types = ['PartReceived', 'PartsJoined']
    for await (const page of store.readAll({ after: position, types, categories: ['part'] })) {
      position = page.position
      for (const event of page.events) {
        const group = open.get(event.stream) ?? { parts: new Map(), joined: false, since: event.recordedAt }
        foldPart(group, event)
        if (group.joined) open.delete(event.stream)
        else open.set(event.stream, group)
      }
    }
  }
  while (!signal.aborted) {
    try {
      await readOn()
      for (const [stream, group] of open)
        if (group.parts.size > 0 && clock.now() - group.since >= PATIENCE)
          await show(engine, stream, group, take)
    } catch (error) {
      if (!signal.aborted) engine.onTrouble(error)
    }
    await clock.sleep(PATIENCE / 2, signal)
  }
}
