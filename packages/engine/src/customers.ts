import type { ChannelEvent, Ingested, SendReceipt } from '@ramal/channel'
import { StoreError, shortIdOf, streamName } from '@ramal/core'
import {
  type CustomerCommand,
  type CustomerRefusal,
  customerDecider,
  type Identifier,
  matchKey,
} from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'

/** Every node gives a stranger the same id, so that none makes two of one. */
const newCustomerId = (identifier: Identifier): string => shortIdOf(`customer/${matchKey(identifier)}`)

const command = async (
  { run, ...engine }: EngineContext,
  customer: string,
  what: CustomerCommand,
  key: string,
  at: number,
): Promise<E.Either<CustomerRefusal, { readonly changed: boolean }>> => {
  const context = contextOf(engine, { commandId: key, at })
  const result = await run(customerDecider, streamName('customer', customer), what, context)
  if (E.isRight(result)) return E.right({ changed: result.right.events.length > 0 && !result.right.repeated })
  if (result.left._tag === 'Exhausted')
    throw new StoreError('unavailable', `Customer ${customer} was written by others every time; try again.`)
  return E.left(result.left)
}

/**
 * Who this is. Identifiers that the provider asserts together are one person: strangers become a customer,
 * new identifiers are linked, and two customers who turn out to be one are merged.
 */
export const recogniseCustomer = async (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
): Promise<string> => {
  const { directory, store } = engine
  const { peer, profileName, at } = event
  const find = () => peer.map((identifier) => directory.customerOf(identifier))
  if (find().some((id) => id === undefined)) await directory.reached(await store.head())
  const found = find()
  const survivor = found.find((id) => id !== undefined)
  const customer = survivor ?? newCustomerId(peer[0]!)
  const key = `${channel}/${event.dedupeKey}`
  if (found.some((id) => id === undefined))
    await command(
      engine,
      customer,
      { type: 'identify', identifiers: peer, name: profileName },
      `${key}/who`,
      at,
    )
  const others = new Set(found.filter((id) => id !== undefined && id !== customer))
  for (const other of others)
    await command(
      engine,
      customer,
      { type: 'merge', customer: other!, evidence: { kind: 'same-payload' } },
      `${key}/merge/${other}`,
      at,
    )
  return customer
}

type Elsewhere = () => Promise<Ingested>

export const noteConsent = async (
  engine: EngineContext,
  channel: string,
  event: Extract<ChannelEvent, { kind: 'consent' }>,
  elsewhere: Elsewhere,
): Promise<Ingested> => {
  if (event.peer.length === 0) return elsewhere()
  const customer = await recogniseCustomer(engine, channel, event)
  const { purpose, source, words, endpoint, dedupeKey, at } = event
  const type = event.granted ? 'grantConsent' : 'withdrawConsent'
  const key = `${channel}/${dedupeKey}/consent`
  const said = await command(engine, customer, { type, channel, purpose, source, words, endpoint }, key, at)
  return { event, duplicate: E.isLeft(said) || !said.right.changed }
}

export const noteIdentity = async (
  engine: EngineContext,
  channel: string,
  event: Extract<ChannelEvent, { kind: 'identityLinked' | 'identityChanged' }>,
  elsewhere: Elsewhere,
): Promise<Ingested> => {
  if (event.peer.length === 0) return elsewhere()
  const key = `${channel}/${event.dedupeKey}/identity`
  if (event.kind === 'identityLinked') {
    await recogniseCustomer(engine, channel, event)
    return { event, duplicate: false }
  }
  // Known by what held before; what they are called now is linked to that.
  const before = event.previous.map((id) => engine.directory.customerOf(id)).find((id) => id !== undefined)
  const customer = before ?? (await recogniseCustomer(engine, channel, event))
  const evidence = { kind: 'provider-change' } as const
  for (const [i, identifier] of event.peer.entries())
    await command(engine, customer, { type: 'link', identifier, evidence }, `${key}/link/${i}`, event.at)
  for (const [i, identifier] of event.previous.entries())
    await command(
      engine,
      customer,
      { type: 'unlink', identifier, reason: 'changed at the provider' },
      `${key}/unlink/${i}`,
      event.at,
    )
  return { event, duplicate: false }
}

/** What the provider's answer to a send calls the person whom we wrote to. So a digit is learnt that was missing. */
export const learnIdentifiers = async (
  engine: EngineContext,
  peer: Identifier,
  { identifiers = [] }: Pick<SendReceipt, 'identifiers'>,
  message: string,
): Promise<void> => {
  const customer = engine.directory.customerOf(peer)
  if (customer === undefined) return
  const evidence = { kind: 'send-answer' } as const
  for (const [i, identifier] of identifiers.entries())
    if (engine.directory.customerOf(identifier) === undefined)
      await command(
        engine,
        customer,
        { type: 'link', identifier, evidence },
        `${message}/learnt/${i}`,
        engine.clock.now(),
      )
}
