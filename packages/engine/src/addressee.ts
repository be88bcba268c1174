import type { Identifier } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { addressOf } from './address.js'
import type { EngineContext } from './context.js'
import { findCustomer, recogniseCustomer } from './customers.js'

export interface NotifyRefusal {
  readonly _tag: 'NotifyRefusal'
  readonly reason: 'unknownEndpoint' | 'unknownCustomer' | 'noAddress'
  readonly message: string
}

export const refuseNotify = (
  reason: NotifyRefusal['reason'],
  message: string,
): E.Either<NotifyRefusal, never> => E.left({ _tag: 'NotifyRefusal', reason, message })

interface Addressing {
  /** Names what it is for, once. */
  readonly id: string
  readonly to: { readonly customer: string } | { readonly identifier: Identifier }
  readonly channel: string
  readonly endpoint: string
}

export interface Addressee {
  readonly customer: string
  readonly alias: string | undefined
  readonly peer: Identifier
}

/** Whom something is for, and where they are reached at an endpoint of ours; a stranger becomes a customer. */
export const findAddressee = async (
  engine: EngineContext,
  { id, to, channel, endpoint }: Addressing,
): Promise<E.Either<NotifyRefusal, Addressee>> => {
  const { directory, clock } = engine
  if ('identifier' in to) {
    const peer = to.identifier
    const who = await recogniseCustomer(engine, channel, {
      kind: 'identityLinked',
      evidence: 'same-payload',
      dedupeKey: `notify/${id}`,
      at: clock.now(),
      endpoint,
      peer: [peer],
    })
    return E.right({ ...who, peer })
  }
  const found = await findCustomer(engine, to.customer)
  if (!found?.known || found.forgotten)
    return refuseNotify('unknownCustomer', `There is no customer ${to.customer}, or they were forgotten.`)
  const customer = directory.survivorOf(to.customer)
  const hasThread = (one: Identifier) => directory.thread(channel, endpoint, one) !== undefined
  const peer = addressOf(channel, endpoint, Object.values(found.identifiers), hasThread)
  if (!peer)
    return refuseNotify(
      'noAddress',
      `Nothing is known of customer ${to.customer} to reach them on ${channel} by.`,
    )
  const [owner] = directory.ownersOf(peer)
  return E.right({ customer, alias: owner === customer ? undefined : owner, peer })
}
