import { randomUUID } from 'node:crypto'
import { type JSONEventData, jsonEvent, type KurrentDBClient } from '@kurrent/kurrentdb-client'
import type { Quirk } from '../src/quirk.js'

/** Something that KurrentDB promises, as the official client sees it, and the mutant that breaks it. */
export interface Promised {
  readonly name: string
  readonly broken?: Quirk
  readonly run: (client: KurrentDBClient) => Promise<void>
}

export const fresh = () => `promise-${randomUUID()}`
export const event = (n = 0): JSONEventData =>
  jsonEvent({ type: 'Noted', data: { n }, metadata: { who: 'me' } })
export const events = (count: number) => Array.from({ length: count }, (_, i) => event(i))

export const gather = async <E>(found: AsyncIterable<{ event?: E }>): Promise<E[]> => {
  const all: E[] = []
  for await (const { event: one } of found) if (one) all.push(one)
  return all
}

/** The numbers of the events that can be read of a stream, or why none can. */
export const numbers = async (client: KurrentDBClient, stream: string): Promise<number[] | string> => {
  try {
    return (await gather(client.readStream(stream))).map((e) => Number(e.revision))
  } catch (error) {
    return typeOf(error)
  }
}

export const typeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : String(error)

export const refusal = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    return typeOf(error)
  }
  return 'accepted'
}

export interface Heard {
  readonly revisions: number[]
  readonly notes: string[]
}

/** Listens to a subscription until a condition holds, or for half a second. */
export const listen = async (
  subscription: ReturnType<KurrentDBClient['subscribeToStream'] | KurrentDBClient['subscribeToAll']>,
  enough: (heard: Heard) => boolean,
  heard: Heard = { revisions: [], notes: [] },
): Promise<Heard> => {
  const deadline = Date.now() + 500
  subscription.on('error', () => {})
  subscription.on('confirmation', () => heard.notes.push('confirmation'))
  subscription.on('caughtUp', () => heard.notes.push('caughtUp'))
  subscription.on('data', (resolved: { event?: { revision: bigint } }) =>
    heard.revisions.push(Number(resolved.event?.revision)),
  )
  while (!enough(heard) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
  await subscription.unsubscribe()
  return heard
}
