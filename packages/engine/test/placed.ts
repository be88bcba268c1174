import type { CallCommand } from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { OutboundCall } from '../src/index.js'
import { BIA } from './desk.js'
import { ANA, OURS, type openLine } from './line.js'

export const ana = { kind: 'e164', value: ANA } as const

/** Bia calls Ana. */
export const CALL: OutboundCall = { id: 'back', agent: 'bia', to: { identifier: ana }, endpoint: OURS }

export type Line = Awaited<ReturnType<typeof openLine>>

export const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

/** What the line was told to place. */
export const placedIn = (told: readonly CallCommand[]) =>
  told.flatMap(({ call, action }) => (action.kind === 'place' ? [{ call, ...action }] : []))

/** Bia has asked for a call to Ana, and her phone is rung for it. */
export const placing = async (desk: Line, more: Partial<OutboundCall> = {}) => {
  await desk.ramal.signIn('bia', BIA)
  const { conversation, call } = right(await desk.ramal.dial({ ...CALL, ...more }))
  await desk.ramal.settled()
  const [placed] = placedIn(desk.told())
  assert.ok(placed)
  return { conversation, call, leg: placed!.leg, placed: placed! }
}

/** How the calls have ended. */
export const endsOf = async (desk: Line) =>
  (await desk.log()).flatMap(({ type, data }) =>
    type === 'CallEnded' ? [data as { outcome?: string; cause?: string; by: string }] : [],
  )
