import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChannelEvent } from '@ramal/channel'
import type { Identifier } from '@ramal/customer'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { type Desk, NUMBER, openDesk, T0 } from '../test/desk.js'

const test = suite('identity')

const AGENT = { kind: 'agent' } as const
const phone = (value: string): Identifier => ({ kind: 'wa_id', value })
const user = (value: string): Identifier => ({ kind: 'bsuid', scope: 'whatsapp', value })
const [ANA, ANA_ID] = [phone('15550111'), user('US.ana')]

let serial = 0
const says = (...peer: readonly Identifier[]): ChannelEvent => ({
  kind: 'message',
  dedupeKey: `m${++serial}`,
  providerId: `p${serial}`,
  at: T0 + serial * 1000,
  endpoint: NUMBER,
  peer,
  content: { kind: 'text', text: `message ${serial}` },
})

const hears = async ({ ramal }: Desk, event: ChannelEvent) => {
  const [ingested] = await ramal.ingest('whatsapp', [event])
  await ramal.settled()
  return ingested!
}

/** Whose conversation it is: the customer that it was opened for. */
const customerOf = async ({ ramal }: Desk, conversation: string | undefined) => {
  const found = await ramal.find(conversation ?? '')
  return isSome(found) ? found.value.customer : undefined
}

/** Two customers, each with a conversation. */
const two = async (options: Parameters<typeof openDesk>[0] = {}) => {
  const desk = await openDesk(options)
  const [ofAna, ofId] = [await hears(desk, says(ANA)), await hears(desk, says(ANA_ID))]
  const [a, b] = [await customerOf(desk, ofAna.conversation), await customerOf(desk, ofId.conversation)]
  assert.ok(a !== undefined && b !== undefined && a !== b)
  return { desk, a: a!, b: b!, ofAna: ofAna.conversation!, ofId: ofId.conversation! }
}

test('after a merge both are one context, and after the split each has what is theirs', async () => {
  const { desk, a, b, ofAna, ofId } = await two()
  const { ramal } = desk
  const conversations = async (id: string) =>
    [...new Set((await ramal.timeline(id)).map((e) => e.conversation))].sort()
  assert.ok(E.isRight(await ramal.merge(a, b, AGENT)))
  await ramal.settled()
  assert.equal(await conversations(b), [ofAna, ofId].sort())
  const one = await ramal.findCustomer(b)
  assert.ok(isSome(one))
  assert.is(Object.keys(one.value.identifiers).length, 2)
  // Each goes on where they were.
  assert.is((await hears(desk, says(ANA_ID))).conversation, ofId)
  assert.is((await hears(desk, says(ANA))).conversation, ofAna)
  // What they say anew is said by the survivor.
  await ramal.conversation(ofId, { type: 'close', reason: 'done' })
  await ramal.conversation(ofAna, { type: 'close', reason: 'done' })
  await ramal.settled()
  const fresh = await hears(desk, says(ANA_ID))
  assert.is(await customerOf(desk, fresh.conversation), a)
  assert.ok(E.isRight(await ramal.split(a, b, 'two people')))
  await ramal.settled()
  assert.equal(await conversations(a), [ofAna])
  assert.equal(await conversations(b), [ofId, fresh.conversation!].sort())
  const other = await ramal.findCustomer(b)
  assert.ok(isSome(other) && Object.keys(other.value.identifiers).length === 1)
  // The provider asserts both at once; what was told apart stays apart.
  await hears(desk, says(ANA, ANA_ID))
  assert.ok(E.isRight(await ramal.merge(a, b, AGENT)), 'by hand it can be done')
  await ramal.stop()
})

test('identifiers and consent that come while merged go back with whose they are', async () => {
  const { desk, a, b } = await two()
  const { ramal } = desk
  await ramal.merge(a, b, AGENT)
  const parent: Identifier = { kind: 'parent_bsuid', scope: 'whatsapp', value: 'US.ENT.ana' }
  await hears(desk, says(ANA_ID, parent))
  const base = { dedupeKey: 'stop', at: T0 + 90_000, endpoint: NUMBER, peer: [ANA_ID] }
  await hears(desk, { ...base, kind: 'consent', purpose: 'marketing', granted: false, source: 'customer' })
  const consentOf = async (id: string) => {
    const found = await ramal.findCustomer(id)
    return isSome(found) ? Object.keys(found.value.consent) : []
  }
  assert.equal(await consentOf(a), ['whatsapp/marketing'])
  await ramal.split(a, b, 'two people')
  assert.equal(await consentOf(a), [])
  assert.equal(await consentOf(b), ['whatsapp/marketing'])
  const found = await ramal.findCustomer(b)
  assert.ok(
    isSome(found) && Object.values(found.value.identifiers).some(({ kind }) => kind === 'parent_bsuid'),
  )
  await ramal.stop()
})

test('of merges at the same time, by two engines on one file, those that fit are done, the others refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-identity-'))
  const store = await sqliteStore(join(folder, 'log.db'))
  const desk = await openDesk({ store, name: 'one' })
  const other = await openDesk({ store, name: 'two' })
  try {
    for (let round = 0; round < 8; round++) {
      const ids: string[] = []
      for (const n of [0, 1, 2]) {
        const { conversation } = await hears(desk, says(phone(`1555${round}00${n}`)))
        ids.push((await customerOf(desk, conversation))!)
      }
      const [a, b, c] = ids as [string, string, string]
      const reasons = (results: readonly Awaited<ReturnType<typeof desk.ramal.merge>>[]) =>
        results.map((r) =>
          E.isRight(r) ? 'done' : r.left._tag === 'Exhausted' ? 'Exhausted' : r.left.reason,
        )
      const opposed = await Promise.all([desk.ramal.merge(a, b, AGENT), other.ramal.merge(b, a, AGENT)])
      assert.equal(reasons(opposed).sort(), ['done', 'merged'], `round ${round}`)
      const [survivor, gone] = E.isRight(opposed[0]) ? [a, b] : [b, a]
      const torn = await Promise.all([
        desk.ramal.merge(survivor, c, AGENT),
        other.ramal.merge(c, gone, AGENT),
        other.ramal.split(survivor, gone, 'no'),
      ])
      assert.is(reasons(torn)[2], 'done')
      assert.not(reasons(torn).includes('Exhausted'))
      // Whatever the order was: nobody is in two, and both processes say the same.
      for (const { ramal } of [desk, other]) await ramal.settled()
      const ends = [desk, other].map(({ ramal }) =>
        Promise.all(
          ids.map(async (id) => {
            const found = await ramal.findCustomer(id)
            return isSome(found) ? found.value.merged : undefined
          }),
        ),
      )
      assert.equal(await ends[0], await ends[1], `round ${round}`)
      const into = (await desk.log()).filter(({ type }) => type === 'CustomersMerged').length
      const sides = (await desk.log()).filter(({ type }) => type === 'CustomerAbsorbed').length
      assert.is(into, sides)
    }
  } finally {
    await desk.ramal.stop()
    await other.ramal.stop()
    await store.close()
    await rm(folder, { recursive: true })
  }
})

test('a merge is carried out once, however often it is commanded', async () => {
  const { desk, a, b } = await two()
  const { ramal } = desk
  const options = { commandId: 'merge-1' }
  await Promise.all([1, 2, 3].map(() => ramal.merge(a, b, AGENT, options)))
  assert.ok(E.isRight(await ramal.split(a, b, 'no', { commandId: 'split-1' })))
  // Late copies of both.
  const [merged, split] = [
    await ramal.merge(a, b, AGENT, options),
    await ramal.split(a, b, 'no', { commandId: 'split-1' }),
  ]
  assert.ok(E.isRight(merged) && merged.right.already && E.isRight(split) && split.right.already)
  const types = (await desk.log()).map(({ type }) => type)
  for (const type of ['CustomersMerged', 'CustomerAbsorbed', 'CustomersSplit', 'CustomerReleased'])
    assert.is(types.filter((t) => t === type).length, 1, type)
  await ramal.stop()
})

test('a stranger whom two processes met under different names at once becomes one again', async () => {
  const { desk, a } = await two()
  // What two processes leave that each met a part: both claim the user id.
  await desk.ramal.customer(a, { type: 'link', identifier: ANA_ID, evidence: { kind: 'same-payload' } })
  await desk.ramal.settled()
  await hears(desk, says(ANA_ID))
  const found = await desk.ramal.findCustomer(a)
  assert.ok(isSome(found))
  assert.is(found.value.merged.length + (found.value.into === undefined ? 0 : 1), 1)
  await desk.ramal.stop()
})

test('what is reported without a message finds the conversation under another identifier', async () => {
  const desk = await openDesk()
  const { conversation } = await hears(desk, says(ANA, ANA_ID))
  const base = { at: T0 + 60_000, endpoint: NUMBER, peer: [ANA_ID] }
  const read = await hears(desk, { ...base, dedupeKey: 'r1', kind: 'readCursor', upTo: T0 })
  assert.is(read.conversation, conversation)
  const control = await hears(desk, { ...base, dedupeKey: 't1', kind: 'threadControl', owner: 'other' })
  assert.is(control.conversation, conversation)
  const found = await desk.ramal.find(conversation!)
  assert.ok(isSome(found) && found.value.control === 'other')
  await desk.ramal.stop()
})

test('the endpoint of one channel is not that of another, though the number is the same', async () => {
  const desk = await openDesk()
  const one = await hears(desk, says(phone('15550142')))
  const [sms] = await desk.ramal.ingest('sms', [says(phone('15550142'))])
  assert.is.not(sms!.conversation, one.conversation)
  await desk.ramal.stop()
})

test('an equal number on another channel is the same person where the brand says so, and only there', async () => {
  for (const sameNumber of [false, true]) {
    const desk = await openDesk({ sameNumber })
    const one = await hears(desk, says(phone('5511987654321')))
    const heard = await desk.ramal.ingest('sms', [says({ kind: 'e164', value: '+551187654321' })])
    await desk.ramal.settled()
    const [a, b] = [await customerOf(desk, one.conversation), await customerOf(desk, heard[0]!.conversation)]
    assert.is(a === b, sameNumber)
    assert.is.not(heard[0]!.conversation, one.conversation, 'what is said on one channel stays there')
    const linked = (await desk.log()).find(({ type }) => type === 'IdentifierLinked')
    const { evidence } = (linked?.data ?? {}) as { readonly evidence?: object }
    assert.equal(evidence, sameNumber ? { kind: 'same-number' } : undefined)
    await desk.ramal.stop()
  }
})

test('a number that is given to somebody new takes nobody’s history along', async () => {
  const { desk, a, b } = await two()
  const changed = (previous: Identifier, now: Identifier, at: number, key: string): ChannelEvent => ({
    kind: 'identityChanged',
    dedupeKey: key,
    at,
    endpoint: NUMBER,
    peer: [now],
    previous: [previous],
  })
  // b had been known for long when b's number became that of a: b was somebody else.
  await hears(desk, changed(ANA, ANA_ID, T0 + 1_000_000, 'change-1'))
  const names = async (id: string) => {
    const found = await desk.ramal.findCustomer(id)
    return isSome(found) ? Object.values(found.value.identifiers).map(({ value }) => value) : []
  }
  assert.equal(await names(a), [ANA_ID.value])
  assert.equal(await names(b), [])
  // Who comes up under the new number after the change, before we hear of it, is the same person.
  const fresh = await hears(desk, { ...says(phone('15550999')), at: T0 + 3_000_000 })
  const stranger = await customerOf(desk, fresh.conversation)
  await hears(desk, changed(ANA_ID, phone('15550999'), T0 + 2_900_000, 'change-2'))
  const found = await desk.ramal.findCustomer(a)
  assert.ok(isSome(found))
  assert.equal(found.value.merged, [stranger])
  assert.equal(await names(a), ['15550999'])
  // Delivered again, later than somebody new has the old number: they are left alone.
  const next = await hears(desk, { ...says(ANA), at: T0 + 4_000_000 })
  const newcomer = await customerOf(desk, next.conversation)
  await hears(desk, changed(ANA, ANA_ID, T0 + 1_000_000, 'change-1b'))
  assert.equal(await names(newcomer!), [ANA.value])
  await desk.ramal.stop()
})

test('whoever was forgotten is forgotten under all names, and is somebody new when they come back', async () => {
  const { desk, a, b } = await two()
  await desk.ramal.merge(a, b, AGENT)
  await desk.ramal.customer(a, { type: 'forget', reason: 'asked for it' })
  await desk.ramal.settled()
  const found = await desk.ramal.findCustomer(b)
  assert.ok(isSome(found))
  assert.equal(Object.keys(found.value.identifiers), [])
  const logged = (await desk.log()).filter(({ type }) => type === 'CustomerForgotten')
  assert.is(logged.length, 2)
  await desk.ramal.conversation((await hears(desk, says(ANA))).conversation!, {
    type: 'close',
    reason: 'done',
  })
  await desk.ramal.settled()
  const again = await customerOf(desk, (await hears(desk, says(ANA))).conversation)
  assert.ok(again !== a && again !== b)
  const fresh = await desk.ramal.findCustomer(again!)
  assert.ok(isSome(fresh) && !fresh.value.forgotten)
  await desk.ramal.stop()
})

test.run()
