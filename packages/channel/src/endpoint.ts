import type { ChannelEvent } from './channel-event.js'

const NAME = /^[\x20-\x7e]{1,100}$/

/** Whether a text can be the id of an endpoint, which names streams: short, and of printable ASCII. */
export const isEndpoint = (text: string): boolean => NAME.test(text)

/** What can begin a conversation, and so must say with which of our endpoints. */
const NEEDS_ENDPOINT: ReadonlySet<ChannelEvent['kind']> = new Set(['message', 'echo', 'callOffered'])

/** An event with an endpoint that can be one, or with none; kept as it is where it makes no sense without. */
export const withEndpoint = (event: ChannelEvent): ChannelEvent => {
  if (isEndpoint(event.endpoint)) return event
  if (!NEEDS_ENDPOINT.has(event.kind)) return event.endpoint === '' ? event : { ...event, endpoint: '' }
  const { dedupeKey, at, peer, kind } = event
  return {
    kind: 'unrecognised',
    dedupeKey,
    at,
    endpoint: '',
    peer,
    type: kind,
    reason: 'It does not say which of our endpoints it came to.',
    raw: event,
  }
}
