import type { CallAction, ChannelEvent } from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'
import type { Done } from './ari-consult.js'
import { CALLER, fitsAsterisk, legChannel, OUTBOUND } from './ari-names.js'
import { type Ari, segment } from './ari-rest.js'
import type { AsteriskOptions } from './asterisk-options.js'

type Place = Extract<CallAction, { kind: 'place' }>

/** What has become of a call that we place, where the customer is not reached. */
export type Unreached = NonNullable<Extract<ChannelEvent, { kind: 'callEnded' }>['outcome']>

/** Calls that we place, until the customer answers: the agent is rung first, then the customer. */
export interface AriPlace {
  begin(call: string, endpoint: string, action: Place): Promise<Done>
  /** The agent has picked up: the customer is rung, and the agent hears it ring. */
  callerUp(call: string): Promise<Done>
  /** The agent's attempt, while the customer has not answered. */
  legOf(call: string): string | undefined
  /** It is over, or they talk from now on. Gives the agent's attempt. */
  forget(call: string): string | undefined
  /** The agent hears it ring no more. */
  quiet(call: string, leg: string): Promise<Done>
}

export const ariPlace = (ari: Ari, { app = 'ramal', trunk }: AsteriskOptions): AriPlace => {
  const placing = new Map<string, Place & { readonly endpoint: string }>()

  const originate = (channelId: string, to: string, args: string, timeout: number, callerId: string) =>
    ari.settle('POST', 'channels', {
      ...{ endpoint: to, app, appArgs: args, channelId, callerId },
      timeout: Math.max(1, Math.ceil(timeout / 1000)),
    })

  return {
    async begin(call, endpoint, action) {
      const { leg, address, timeout, to } = action
      if (trunk === undefined)
        return E.left({
          class: 'content',
          reason: 'Customers can be called when the option trunk says how their numbers are dialled.',
        })
      const channel = legChannel(call, leg)
      if (!fitsAsterisk(channel))
        return E.left({
          class: 'content',
          reason: `The id of call ${call} is too long for another one on it.`,
        })
      placing.set(call, { ...action, endpoint })
      const rung = await originate(channel, address, CALLER, timeout, to)
      if (E.isLeft(rung)) placing.delete(call)
      return rung
    },
    async callerUp(call) {
      const placed = placing.get(call)
      if (!placed || !trunk)
        return E.left({ class: 'recipient', reason: `Call ${call} is not placed any more.` })
      const { leg, to, toTimeout, endpoint } = placed
      // Without it the agent hears nothing, which is no reason not to call.
      await ari.settle('POST', `channels/${segment(legChannel(call, leg))}/ring`)
      return originate(call, trunk(to, endpoint), `${OUTBOUND},${endpoint},${leg}`, toTimeout, endpoint)
    },
    legOf: (call) => placing.get(call)?.leg,
    forget(call) {
      const leg = placing.get(call)?.leg
      placing.delete(call)
      return leg
    },
    quiet: (call, leg) => ari.settle('DELETE', `channels/${segment(legChannel(call, leg))}/ring`),
  }
}
