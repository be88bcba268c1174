import type { ChannelEvent, Ingested, SendReceipt } from '@ramal/channel'
import { load, StoreError, shortIdOf, streamName } from '@ramal/core'
import {
  type Customer,
  type CustomerCommand,
  type CustomerRefusal,
  combined,
  customerDecider,
  type Evidence,
  type Identifier,
  matchKey,
  sameNumberAs,
} from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { mergeCustomers } from './identity.js'

/** Every node gives a stranger the same id, so that none makes two of one. `n`: those before are somebody else's. */
const newCustomerId = (identifier: Identifier, n: number): string =>
  shortIdOf(`customer/${matchKey(identifier)}${n === 0 ? '' : `/${n}`}`)

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

/** Identifiers that are one person's, on the provider's word. */
interface Assertion {
  readonly identifiers: readonly Identifier[]
  readonly evidence: Evidence
  readonly name?: string | undefined
  readonly key: string
  readonly at: number
}

/** Those of them that nobody has claimed become this customer's. */
const claim = async (
  engine: EngineContext,
  owner: string | undefined,
  { identifiers, evidence, name, key, at }: Assertion,
): Promise<string> => {
  const unclaimed = identifiers.filter((one) => engine.directory.ownersOf(one).length === 0)
  if (unclaimed.length === 0 && owner !== undefined) return owner
  for (let n = 0; ; n++) {
    const customer = owner ?? newCustomerId(identifiers[0]!, n)
    const stranger = owner === undefined
    const what = { type: 'identify', identifiers: unclaimed, name, evidence, stranger } as const
    const said = await command(engine, customer, what, `${key}/who`, at)
    // Whoever had the identifier before, and has not any more or was forgotten, is not who comes now.
    if (E.isRight(said) || !stranger) return customer
  }
}

/** Who alone claims each of these identifiers, if there is such a one: nearly always. */
const ownerOfAll = (owners: readonly (readonly string[])[]): string | undefined => {
  const one = owners[0]?.[0]
  return owners.every((claimants) => claimants.length === 1 && claimants[0] === one) ? one : undefined
}

/**
 * Who has all of these identifiers. Strangers become a customer, new identifiers are linked to the one who has the
 * first known one, and customers who turn out to be one are merged, unless somebody has told them apart.
 */
const assertOne = async (engine: EngineContext, assertion: Assertion): Promise<string> => {
  const { directory, store } = engine
  const { identifiers, evidence, key, at } = assertion
  const find = () => identifiers.map(directory.ownersOf)
  let owners = find()
  const known = ownerOfAll(owners)
  if (known !== undefined) return known
  if (owners.some(({ length }) => length === 0)) {
    await directory.reached(await store.head())
    owners = find()
  }
  const found = [...new Set(owners.flat())]
  if (found.length === 1 && owners.every(({ length }) => length > 0)) return found[0]!
  const byNumber =
    engine.sameNumber && found.length === 0
      ? identifiers.flatMap(sameNumberAs).flatMap(directory.ownersOf)[0]
      : undefined
  const owner =
    byNumber === undefined
      ? await claim(engine, found[0], assertion)
      : await claim(engine, byNumber, { ...assertion, evidence: { kind: 'same-number' } })
  const survivor = directory.survivorOf(owner)
  const others = new Set(found.map(directory.survivorOf))
  others.delete(survivor)
  for (const other of others) {
    if (directory.areApart(survivor, other)) continue
    const commandId = `${key}/merge/${other}`
    const merged = await mergeCustomers(engine, survivor, other, evidence, { commandId, at })
    if (E.isLeft(merged) && merged.left._tag === 'Exhausted')
      throw new StoreError(
        'unavailable',
        `Customers ${survivor} and ${other} could not be merged; try again.`,
      )
  }
  return owner
}

/** A person: who they are after merges, and who before, where that differs. */
export interface Recognised {
  readonly customer: string
  readonly alias: string | undefined
}

/** Who an event is about, by the identifiers that it asserts together. */
export const recogniseCustomer = async (
  engine: EngineContext,
  channel: string,
  event: ChannelEvent,
): Promise<Recognised> => {
  const evidence: Evidence = { kind: event.kind === 'identityLinked' ? event.evidence : 'same-payload' }
  const { peer: identifiers, profileName: name, at } = event
  const owner = await assertOne(engine, {
    identifiers,
    evidence,
    name,
    at,
    key: `${channel}/${event.dedupeKey}`,
  })
  const customer = engine.directory.survivorOf(owner)
  return { customer, alias: owner === customer ? undefined : owner }
}

type Elsewhere = () => Promise<Ingested>

export const noteConsent = async (
  engine: EngineContext,
  channel: string,
  event: Extract<ChannelEvent, { kind: 'consent' }>,
  elsewhere: Elsewhere,
): Promise<Ingested> => {
  if (event.peer.length === 0) return elsewhere()
  const { customer, alias = customer } = await recogniseCustomer(engine, channel, event)
  const { purpose, source, words, endpoint, dedupeKey, at } = event
  const type = event.granted ? 'grantConsent' : 'withdrawConsent'
  const key = `${channel}/${dedupeKey}/consent`
  // Said under this identifier: it stays with it, whatever becomes of a merge.
  const said = await command(engine, alias, { type, channel, purpose, source, words, endpoint }, key, at)
  return { event, duplicate: E.isLeft(said) || !said.right.changed }
}

const knownSince = async ({ store }: EngineContext, customer: string): Promise<number> =>
  (await load(store, customerDecider, streamName('customer', customer))).state.since

/**
 * The provider says that a person is now called otherwise. Who had the new identifier before that moment was
 * somebody else, since numbers are given to new people; who came up under it since is the same person.
 */
const moveIdentifier = async (
  engine: EngineContext,
  customer: string,
  identifier: Identifier,
  key: string,
  at: number,
): Promise<void> => {
  const { directory } = engine
  const evidence = { kind: 'provider-change' } as const
  for (const other of directory.ownersOf(identifier)) {
    if (directory.survivorOf(other) === directory.survivorOf(customer)) continue
    if ((await knownSince(engine, other)) >= at)
      await mergeCustomers(engine, directory.survivorOf(customer), directory.survivorOf(other), evidence, {
        commandId: `${key}/merge/${other}`,
        at,
      })
    else
      await command(
        engine,
        other,
        { type: 'unlink', identifier, reason: 'somebody else’s now, the provider says' },
        `${key}/free/${other}`,
        at,
      )
  }
  await command(engine, customer, { type: 'link', identifier, evidence }, `${key}/link`, at)
}

export const noteIdentity = async (
  engine: EngineContext,
  channel: string,
  event: Extract<ChannelEvent, { kind: 'identityLinked' | 'identityChanged' }>,
  elsewhere: Elsewhere,
): Promise<Ingested> => {
  if (event.peer.length === 0) return elsewhere()
  const { directory, store } = engine
  const key = `${channel}/${event.dedupeKey}/identity`
  if (event.kind === 'identityLinked') {
    await recogniseCustomer(engine, channel, event)
    return { event, duplicate: false }
  }
  if (event.previous.some((one) => directory.ownersOf(one).length === 0))
    await directory.reached(await store.head())
  // Whoever came up under it after the change is somebody whom it was given to since.
  const before: { readonly owner: string; readonly identifier: Identifier }[] = []
  for (const identifier of event.previous)
    for (const owner of directory.ownersOf(identifier))
      if ((await knownSince(engine, owner)) <= event.at) before.push({ owner, identifier })
  // Known by what held before; what they are called now is linked to that.
  const customer = before[0]?.owner ?? (await recogniseCustomer(engine, channel, event)).customer
  for (const [i, identifier] of event.peer.entries())
    await moveIdentifier(engine, customer, identifier, `${key}/${i}`, event.at)
  const now = new Set(event.peer.map(matchKey))
  const reason = 'changed at the provider'
  for (const [i, { owner, identifier }] of before.entries())
    if (!now.has(matchKey(identifier)))
      await command(engine, owner, { type: 'unlink', identifier, reason }, `${key}/unlink/${i}`, event.at)
  return { event, duplicate: false }
}

/** What the provider's answer to a send calls the person whom we wrote to. So a digit is learnt that was missing. */
export const learnIdentifiers = async (
  engine: EngineContext,
  peer: Identifier,
  { identifiers = [] }: Pick<SendReceipt, 'identifiers'>,
  message: string,
): Promise<void> => {
  if (identifiers.length === 0 || engine.directory.ownersOf(peer).length === 0) return
  await assertOne(engine, {
    identifiers: [peer, ...identifiers],
    evidence: { kind: 'send-answer' },
    key: `${message}/learnt`,
    at: engine.clock.now(),
  })
}

/** A customer by any of the ids of the same person, as one; undefined for an unknown one. */
export const findCustomer = async (
  { store, directory }: EngineContext,
  id: string,
): Promise<Customer | undefined> => {
  const loaded = await Promise.all(
    directory.membersOf(id).map((member) => load(store, customerDecider, streamName('customer', member))),
  )
  const states = loaded.filter(({ version }) => version >= 0).map(({ state }) => state)
  return states.length === 0 ? undefined : combined(states)
}
