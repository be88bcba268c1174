import { isDeepStrictEqual } from 'node:util'
import { content } from '@ramal/conversation'
import { describeFaults, MAX_EVENT_SIZE } from '@ramal/core'
import { identifier } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import type { ChannelEvent } from '../channel-event.js'
import { isEndpoint } from '../endpoint.js'
import { ensure } from './check.js'

const LAST_INSTANT = 8_640_000_000_000_000

/** Whether an event can go into the log as it is. @throws BrokenContract */
export const ensureValid = (event: ChannelEvent, where: string): void => {
  const what = `${where}: event ${String(event?.kind)}`
  ensure(
    typeof event === 'object' && event !== null && typeof event.kind === 'string',
    `${what} has no kind.`,
  )
  ensure(typeof event.dedupeKey === 'string' && event.dedupeKey.length > 0, `${what} has no dedupe key.`)
  ensure(
    Number.isSafeInteger(event.at) && event.at >= 0 && event.at <= LAST_INSTANT,
    `${what} has no time: ${String(event.at)}.`,
  )
  ensure(
    typeof event.endpoint === 'string' && (event.endpoint === '' || isEndpoint(event.endpoint)),
    `${what} has an endpoint that names no stream.`,
  )
  ensure(Array.isArray(event.peer), `${what} has no list of identifiers.`)
  for (const peer of event.peer) {
    const read = identifier.decode(peer)
    ensure(E.isRight(read), `${what}: ${E.isLeft(read) ? describeFaults(read.left) : ''}`)
  }
  if ('content' in event) {
    const read = content.decode(event.content)
    ensure(E.isRight(read), `${what}: ${E.isLeft(read) ? describeFaults(read.left) : ''}`)
  }
  for (const name of ['providerId', 'target', 'call', 'type'] as const)
    if (name in event) {
      const value: unknown = Object.entries(event).find(([key]) => key === name)?.[1]
      ensure(typeof value === 'string' && value.length > 0, `${what}: ${name} is empty.`)
    }
  const json = JSON.stringify(event)
  ensure(json.length <= MAX_EVENT_SIZE / 2, `${what} has ${json.length} characters and would fit no store.`)
  ensure(
    isDeepStrictEqual(JSON.parse(json), event),
    `${what} is not the same after JSON: ${json.slice(0, 300)}`,
  )
}

/** Whether all of them can, and none stands for two facts. @throws BrokenContract */
export const ensureAllValid = (events: unknown, where: string): readonly ChannelEvent[] => {
  ensure(Array.isArray(events), `${where}: decode gave no list.`)
  const list: readonly ChannelEvent[] = events
  for (const event of list) ensureValid(event, where)
  const keys = list.map(({ dedupeKey }) => dedupeKey)
  ensure(new Set(keys).size === keys.length, `${where}: one dedupe key stands for two events of one request.`)
  return list
}
