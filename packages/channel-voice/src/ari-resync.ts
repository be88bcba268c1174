import { type ChannelEvent, finish, isPlacedCall } from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'
import { type AriBridge, type AriChannel, ariBridge, ariChannel } from './ari-codec.js'
import { calledBy, instantOf, offeredEvent } from './ari-decode.js'
import { CONSULT, callOfTalk, legOf, waitBridge } from './ari-names.js'
import type { Ari } from './ari-rest.js'
import { connected, deliver, type SessionContext } from './ari-session.js'

interface Listed<T> {
  decode(u: unknown): E.Either<unknown, T>
}

const list = async <T>(ari: Ari, path: string, codec: Listed<T>): Promise<readonly T[]> => {
  const asked = await ari.ask('GET', path)
  if (E.isLeft(asked)) throw new Error(asked.left.reason)
  if (!Array.isArray(asked.right)) throw new Error(`Asterisk answered no list to GET ${path}.`)
  return asked.right.flatMap((item) => {
    const read = codec.decode(item)
    return E.isRight(read) ? [read.right] : []
  })
}

const ended = (call: string, endpoint: string, at: number): ChannelEvent => ({
  kind: 'callEnded',
  dedupeKey: `ari:${call}:ended`,
  at,
  endpoint,
  peer: [],
  call,
  by: 'unknown',
  cause: 'while the connection was lost',
})

/** Who talks with whom, as the bridges say: what is in a talk beside the customer is the agent, or who took over. */
const restoreTalks = ({ calls, host }: SessionContext, bridges: readonly AriBridge[]): void => {
  for (const { id, channels = [] } of bridges) {
    const call = callOfTalk(id)
    const others = channels.filter((channel) => channel !== call)
    // Whom an agent asks is there beside the agent, or in their place.
    const other = others.find((channel) => legOf(channel)?.leg !== CONSULT) ?? others[0]
    if (call === undefined || other === undefined || calls.talks.has(call)) continue
    calls.talks.set(call, { leg: legOf(other)?.leg ?? other, since: host.clock.now() })
  }
}

/** Agents who picked up meanwhile are joined; those who ring for somebody who has gone need not. */
const settleLegs = async (
  { calls, host, ...rest }: SessionContext,
  channels: readonly AriChannel[],
  bridged: ReadonlySet<string>,
): Promise<void> => {
  const present = new Set(channels.map(({ id }) => id))
  for (const { id, state } of channels) {
    const leg = legOf(id)
    if (!leg || bridged.has(id)) continue
    if (!present.has(leg.call)) await calls.dropLeg(leg.call, leg.leg)
    else if (leg.leg === CONSULT) await calls.askedAnswered(leg.call)
    else if (state === 'Up') {
      const at = host.clock.now()
      const dedupeKey = `ari:${leg.call}:${leg.leg}:answered`
      const answered = { kind: 'callAnswered', dedupeKey, at, endpoint: '', peer: [], ...leg } as const
      await deliver({ calls, host, ...rest }, [await connected({ calls }, answered, at)])
    }
  }
}

/**
 * Asterisk repeats nothing that happened while nobody listened. So what it has is compared with what the log has:
 * calls that came are offered, calls that are gone have ended.
 */
export const resync = async (ari: Ari, session: SessionContext): Promise<void> => {
  const { calls, entry, host } = session
  const prepared = await calls.prepare()
  if (E.isLeft(prepared)) throw new Error(prepared.left.reason)
  const live = await host.liveCalls()
  const channels = await list(ari, 'channels', ariChannel)
  const bridges = await list(ari, 'bridges', ariBridge)
  const now = host.clock.now()
  const here = channels.filter((channel) => calledBy(channel, entry) !== undefined)
  const ids = new Set(here.map(({ id }) => id))
  const gone = live.filter(({ call }) => !ids.has(call))
  for (const { call, endpoint } of gone) {
    await deliver(session, [ended(call, endpoint, now)])
    await calls.clear(call)
  }
  for (const call of [...calls.talks.keys(), ...calls.endings.keys()])
    if (!ids.has(call)) {
      calls.talks.delete(call)
      calls.endings.delete(call)
    }
  restoreTalks(session, bridges)
  const bridged = new Set(
    bridges.filter(({ id }) => id !== waitBridge(entry.app)).flatMap(({ channels: inside = [] }) => inside),
  )
  const held = new Set(bridges.flatMap(({ channels: inside = [] }) => inside))
  // Whom we were calling when the connection broke: who has answered what is not known any more.
  const half = new Set(here.map(({ id }) => id).filter((id) => isPlacedCall(id) && !held.has(id)))
  for (const call of half) {
    await deliver(session, [{ ...ended(call, '', now), outcome: 'failed' } as ChannelEvent])
    await calls.callOff(call)
    for (const { id } of channels) {
      const leg = legOf(id)
      if (leg?.call === call) await calls.dropLeg(call, leg.leg)
    }
  }
  for (const channel of here) {
    if (half.has(channel.id)) continue
    const offered = offeredEvent(channel, entry, instantOf(channel.creationtime, now))
    if (offered) await deliver(session, finish([offered], 0))
    if (!bridged.has(channel.id)) {
      const parked = await calls.park(channel.id)
      if (E.isLeft(parked)) session.onTrouble(new Error(parked.left.reason))
    }
  }
  await settleLegs(
    session,
    channels.filter(({ id }) => !half.has(legOf(id)?.call ?? '')),
    bridged,
  )
}
