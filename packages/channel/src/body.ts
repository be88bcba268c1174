import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { hashOf, type Instant, MAX_EVENT_SIZE } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type { ChannelEvent, UnrecognisedReported } from './channel-event.js'
import { withEndpoint } from './endpoint.js'

/** Deeper than any provider nests; what is deeper could not be written again without a stack of its own. */
const MAX_DEPTH = 100

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BYTE_ORDER_MARK = 0xfeff

const isTooDeep = (bytes: Uint8Array): boolean => {
  let depth = 0
  let quoted = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (quoted) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) quoted = false
    } else if (byte === QUOTE) quoted = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_DEPTH) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}

/** Whether a text can be JSON by how it begins. Forms come here too, and an exception costs more than all else. */
const beginsAsJson = (text: string): boolean => /^\s*(?:[[{"\d-]|true|false|null)/.test(text)

/** The JSON of a body, or what is wrong with it. */
export const parseJson = (body: Uint8Array): E.Either<string, unknown> => {
  if (isTooDeep(body)) return E.left(`It is nested deeper than ${MAX_DEPTH}.`)
  if (!isUtf8(body)) return E.left('It is no UTF-8.')
  const text = textOf(body)
  if (!beginsAsJson(text)) return E.left('It is no JSON.')
  try {
    return E.right(JSON.parse(text))
  } catch {
    return E.left('It is no JSON.')
  }
}

const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string => {
  const text = Buffer.from(buffer, byteOffset, byteLength).toString()
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}

/** The body as text, whatever bytes it has, cut to what an event can hold. */
export const bodyText = (body: Uint8Array): string => new TextDecoder().decode(body.subarray(0, KEPT))

const KEPT = 100_000

/** What could not be read at all, kept as text. */
export const unreadable = (
  prefix: string,
  body: Uint8Array,
  reason: string,
  receivedAt: Instant,
): UnrecognisedReported => {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 32)
  return {
    kind: 'unrecognised',
    dedupeKey: `${prefix}:body:${hash}`,
    at: receivedAt,
    endpoint: '',
    peer: [],
    type: 'body',
    reason,
    raw: bodyText(body),
  }
}

/** From a body of fewer bytes no event can come that is too large for a store, even with its payload beside it. */
const SMALL = 150_000

/**
 * What every `decode` ends with, so that nothing that comes in can block what comes after it: a fact that stands
 * twice in one body is reported once; what begins a conversation says with which endpoint; an event that is too
 * large for a store becomes `unrecognised` with the beginning of its payload.
 */
export const finish = (events: readonly ChannelEvent[], bodyBytes: number): readonly ChannelEvent[] => {
  const finished = (event: ChannelEvent): ChannelEvent => {
    const placed = withEndpoint(event)
    return bodyBytes <= SMALL ? placed : fit(placed)
  }
  if (events.length === 1) return [finished(events[0]!)]
  const seen = new Set<string>()
  const out: ChannelEvent[] = []
  for (const event of events) {
    if (seen.has(event.dedupeKey)) continue
    seen.add(event.dedupeKey)
    out.push(finished(event))
  }
  return out
}

const fit = (event: ChannelEvent): ChannelEvent => {
  const json = JSON.stringify(event)
  if (json.length <= MAX_EVENT_SIZE / 2) return event
  const { kind, dedupeKey, at, endpoint, peer } = event
  const brief = JSON.stringify([dedupeKey, peer]).length < KEPT
  return {
    kind: 'unrecognised',
    dedupeKey: brief ? dedupeKey : `long:${hashOf(dedupeKey)}`,
    at,
    endpoint,
    peer: brief ? peer : [],
    type: kind,
    reason: `It has ${json.length} characters; the first ${KEPT} are kept.`,
    raw: json.slice(0, KEPT),
  }
}
