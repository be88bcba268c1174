import type { ChannelEvent, ChannelEventKind } from '@ramal/channel'
import * as assert from 'uvu/assert'
import { decode } from '../src/decode.js'

export const RECEIVED = 1_760_000_000_000

export const decoded = (json: unknown): readonly ChannelEvent[] =>
  decode({ body: Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)) }, RECEIVED, 'acme')

/** The only event of a body, which must be of this kind. */
export const only = <K extends ChannelEventKind>(
  json: unknown,
  kind: K,
): Extract<ChannelEvent, { kind: K }> => {
  const events = decoded(json)
  assert.is(events.length, 1, JSON.stringify(events))
  const [event] = events
  assert.is(event?.kind, kind, JSON.stringify(event))
  return event as Extract<ChannelEvent, { kind: K }>
}

export const waId = (value: string) => ({ kind: 'wa_id', value, verified: true })

export const userId = (value: string) => ({ kind: 'bsuid', scope: 'acme', value, verified: true })
