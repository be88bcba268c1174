import type { SendFault } from '@ramal/channel'
import { conversationReducer } from '@ramal/conversation'
import { load, StoreError, streamName } from '@ramal/core'
import { customerDecider } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'

/** The provider refuses to send to this person, since they have stopped it there: nothing more is tried. */
export const noteStop = async (
  engine: EngineContext,
  conversation: string,
  { purpose = 'all' }: Pick<SendFault, 'purpose'>,
  message: string,
): Promise<void> => {
  const { directory, run, store } = engine
  const { state } = await load(store, conversationReducer, streamName('conversation', conversation))
  const { channel, endpoint, peer, customer } = state
  const owner = (peer && directory.ownersOf(peer)[0]) ?? customer
  const stopped = await run(
    customerDecider,
    streamName('customer', owner),
    { type: 'withdrawConsent', channel, purpose, source: 'provider', endpoint, message },
    contextOf(engine, { commandId: `stopped/${message}`, actor: 'outbox' }),
  )
  if (E.isLeft(stopped) && stopped.left._tag === 'Exhausted')
    throw new StoreError('unavailable', `That ${channel} is stopped for customer ${owner} cannot be written.`)
}
