import type { SendFault } from '@ramal/channel'
import type { Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { CONSULT, legChannel } from './ari-names.js'

export type Done = E.Either<SendFault, void>

/** Who talks to the customer, and since when. */
export interface Talk {
  readonly leg: string
  readonly since: Instant
}

/** What consulting needs of calls. */
export interface Room {
  readonly talks: Map<string, Talk>
  readonly asked: Map<string, string>
  enter(bridge: string, channel: string): Promise<Done>
  ring(call: string, leg: string, address: string, timeout: number): Promise<Done>
  dropLeg(call: string, leg: string): Promise<Done>
  /** Who is where they talk, beside the customer; undefined when there is no such place. */
  others(call: string): Promise<E.Either<SendFault, readonly string[] | undefined>>
  talk(call: string): string
  readonly wait: string
}

/** An agent asks somebody while the customer waits, and passes the customer on or not. */
export interface AriConsult {
  ask(call: string, address: string, timeout: number): Promise<Done>
  end(call: string): Promise<Done>
  complete(call: string): Promise<Done>
  /** Whoever is asked has picked up. */
  answered(call: string): Promise<Done>
  /** Whoever was asked has gone, or did not come: the customer is back with the agent. */
  gone(call: string): Promise<Done>
  /**
   * Somebody has left, and these are left over. Gives to whom the agent has passed the customer on by hanging up;
   * nothing when that is not what happened.
   */
  takenOver(call: string, others: readonly string[]): Promise<string | undefined>
}

const refused = (reason: string): Done => E.left({ class: 'content', reason })
const DONE: Done = E.right(undefined)

export const ariConsult = ({ talks, asked, enter, ring, dropLeg, others, talk, wait }: Room): AriConsult => {
  const back = (call: string) => enter(talk(call), call)

  /** From now on it is whoever was asked who talks to the customer. */
  const handOver = (call: string): string | undefined => {
    const before = talks.get(call)
    if (before) talks.set(call, { ...before, leg: CONSULT })
    return before?.leg
  }

  return {
    async ask(call, address, timeout) {
      const leg = talks.get(call)?.leg
      if (leg === undefined || leg === CONSULT) return refused('No agent talks in this call.')
      if (asked.has(call)) return refused('Somebody is being asked already.')
      asked.set(call, address)
      const held = await enter(wait, call)
      const rung = E.isLeft(held) ? held : await ring(call, CONSULT, address, timeout)
      if (E.isRight(rung)) return rung
      asked.delete(call)
      await back(call)
      return rung
    },
    async end(call) {
      if (!asked.delete(call)) return refused('Nobody is being asked.')
      const gone = await dropLeg(call, CONSULT)
      return E.isLeft(gone) ? gone : back(call)
    },
    async complete(call) {
      const inside = await others(call)
      if (E.isLeft(inside)) return inside
      if (!inside.right?.includes(legChannel(call, CONSULT)))
        return refused('Whoever is asked has not answered.')
      const joined = await back(call)
      if (E.isLeft(joined)) return joined
      asked.delete(call)
      const agent = handOver(call)
      return agent === undefined ? DONE : dropLeg(call, agent)
    },
    async answered(call) {
      return talks.has(call) ? enter(talk(call), legChannel(call, CONSULT)) : dropLeg(call, CONSULT)
    },
    async gone(call) {
      asked.delete(call)
      const leg = talks.get(call)?.leg
      return leg === undefined || leg === CONSULT ? DONE : back(call)
    },
    async takenOver(call, inside) {
      const leg = talks.get(call)?.leg
      const isTaken =
        leg !== undefined &&
        leg !== CONSULT &&
        inside.includes(legChannel(call, CONSULT)) &&
        !inside.includes(legChannel(call, leg))
      if (!isTaken) return undefined
      const to = asked.get(call) ?? 'unknown'
      asked.delete(call)
      handOver(call)
      await back(call)
      return to
    },
  }
}
