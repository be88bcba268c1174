import type { ChannelEvent } from '@ramal/channel'
import type { Identifier } from '@ramal/customer'
import type { CustomerContext } from '@ramal/projection'
import { suite } from '@ramal/testing'
import { isNone, isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { BIA, type Desk, openDesk, T0 } from '../test/desk.js'

const test = suite('the customer, over all channels')

const MINUTE = 60_000
const wa: Identifier = { kind: 'wa_id', value: '15550111' }
const phone: Identifier = { kind: 'e164', value: '+15550111' }

let serial = 0
const says = (peer: Identifier, endpoint: string, body: string, at: number): ChannelEvent => ({
  kind: 'message',
  dedupeKey: `m${++serial}`,
  providerId: `p${serial}`,
  ...{ at, endpoint, peer: [peer], profileName: 'Ana' },
  content: { kind: 'text', text: body },
})

/** The conversation that it went to. */
const hear = async ({ ramal }: Desk, channel: string, event: ChannelEvent): Promise<string> => {
  const [ingested] = await ramal.ingest(channel, [event])
  await ramal.settled()
  return ingested!.conversation!
}

const customerOf = async ({ ramal }: Desk, conversation: string): Promise<string> => {
  const found = await ramal.find(conversation)
  assert.ok(isSome(found))
  return found.value.customer
}

const contextOf = async (
  { ramal }: Desk,
  id: string,
  options?: Parameters<Desk['ramal']['contextOf']>[1],
): Promise<CustomerContext> => {
  const found = await ramal.contextOf(id, options)
  assert.ok(isSome(found))
  return found.value
}

const textsOf = ({ last }: CustomerContext): readonly string[] =>
  last.map(({ channel, content }) => `${channel}: ${content?.kind === 'text' ? content.text : '?'}`)

test('who they are, what goes on and what was, on every channel, and who helped last', async () => {
  const desk = await openDesk()
  const { ramal } = desk
  await ramal.signIn('bia', BIA)
  const first = await hear(desk, 'whatsapp', says(wa, '1055501', 'where is my order?', T0))
  const { offer } = desk.offer('bia')
  await ramal.accept(first, offer, 'bia')
  await ramal.reply({ conversation: first, agent: 'bia', content: 'on its way' })
  await ramal.resolve(first, 'bia', 'solved')
  await desk.advance(48 * 60 * MINUTE)
  const sms = await hear(desk, 'sms', says(phone, '2020', 'it came broken', desk.clock.now()))
  const [a, b] = [await customerOf(desk, first), await customerOf(desk, sms)]
  assert.is.not(a, b)
  await ramal.merge(a, b, { kind: 'agent' })
  await ramal.customer(a, {
    type: 'withdrawConsent',
    ...{ channel: 'sms', purpose: 'marketing', source: 'customer' },
  })
  for (const id of [a, b]) {
    const context = await contextOf(desk, id)
    assert.equal([context.customer, context.ids], [a, [a, b]])
    assert.is(context.profile.name, 'Ana')
    assert.is(Object.keys(context.profile.identifiers).length, 2)
    assert.is(context.profile.consent['sms/marketing']?.granted, false)
    assert.equal(
      context.open.map(({ conversation, channel, queue }) => [conversation, channel, queue]),
      [[sms, 'sms', 'care']],
    )
    const [was] = context.past
    assert.equal(
      [
        was?.conversation,
        was?.channel,
        was?.queue,
        was?.resolvedBy,
        was?.disposition,
        was?.lastAgent,
        was?.endedAt,
      ],
      [first, 'whatsapp', 'care', { kind: 'human', id: 'bia' }, 'solved', 'bia', T0],
    )
    assert.equal(textsOf(context), [
      'whatsapp: where is my order?',
      'whatsapp: on its way',
      'sms: it came broken',
    ])
    assert.equal(context.helpedBy, { agent: 'bia', at: T0, conversation: first })
    assert.is(context.next, undefined)
  }
  await ramal.split(a, b, 'two people')
  assert.equal(textsOf(await contextOf(desk, b)), ['sms: it came broken'])
  assert.is((await contextOf(desk, a)).open.length, 0)
  assert.ok(isNone(await ramal.contextOf('nobody')))
  await ramal.stop()
})

/** Conversations one after the other, each with a message, on two channels in turn; all but the last are over. */
const history = async (desk: Desk, count: number): Promise<readonly string[]> => {
  const all: string[] = []
  for (let n = 0; n < count; n++) {
    const id = await hear(
      desk,
      'whatsapp',
      says(wa, n % 2 ? '1055501' : '1055502', `matter ${n}`, T0 + n * MINUTE),
    )
    all.push(id)
    if (n < count - 1) {
      await desk.ramal.conversation(id, {
        type: 'resolve',
        by: { kind: 'bot', id: 'helper' },
        disposition: 'solved',
      })
      await desk.ramal.conversation(id, { type: 'close', reason: 'done' })
    }
  }
  await desk.ramal.settled()
  return all
}

test('pages show every past conversation once, though others end in between', async () => {
  const desk = await openDesk()
  const all = await history(desk, 24)
  const customer = await customerOf(desk, all[0]!)
  const seen: string[] = []
  const open = all.at(-1)!
  let page = await contextOf(desk, customer, { limit: 5 })
  assert.equal(
    page.open.map(({ conversation }) => conversation),
    [open],
  )
  for (let n = 0; ; n++) {
    seen.push(...page.past.map(({ conversation }) => conversation))
    // One that was open ends while the pages are turned.
    if (n === 1)
      await desk.ramal.conversation(open, {
        type: 'resolve',
        by: { kind: 'bot', id: 'helper' },
        disposition: 'x',
      })
    if (page.next === undefined) break
    page = await contextOf(desk, customer, { limit: 5, before: page.next })
  }
  assert.equal(seen, [...all.slice(0, -1)].reverse())
  assert.is((await contextOf(desk, customer)).past[0]?.conversation, open)
  await desk.ramal.stop()
})

test('the last messages are the last, also of a conversation that was opened long ago', async () => {
  const desk = await openDesk()
  const old = await hear(desk, 'sms', says(wa, '2020', 'an old matter', T0 - MINUTE))
  const all = await history(desk, 30)
  const customer = await customerOf(desk, old)
  await hear(desk, 'sms', says(wa, '2020', 'still the old matter', T0 + 50 * MINUTE))
  await desk.ramal.conversation(old, {
    type: 'resolve',
    by: { kind: 'bot', id: 'helper' },
    disposition: 'solved',
  })
  for (let n = 30; n < 34; n++) {
    const id = await hear(desk, 'whatsapp', says(wa, '1055503', `matter ${n}`, T0 + n * 2 * MINUTE))
    await desk.ramal.conversation(id, { type: 'close', reason: 'done' })
  }
  const { last } = await contextOf(desk, customer, { limit: 2, messages: 6 })
  assert.equal(
    last.map(({ content }) => (content?.kind === 'text' ? content.text : '?')),
    ['matter 29', 'still the old matter', 'matter 30', 'matter 31', 'matter 32', 'matter 33'],
  )
  assert.is(all.length, 30)
  await desk.ramal.stop()
})

test('it tells what is new: messages, new conversations, merges; and nothing of other people', async () => {
  const desk = await openDesk()
  const { ramal } = desk
  const id = await hear(desk, 'whatsapp', says(wa, '1055501', 'hello', T0))
  const other = await hear(desk, 'sms', says(phone, '2020', 'from the other phone', T0))
  const [a, b] = [await customerOf(desk, id), await customerOf(desk, other)]
  const seen: string[] = []
  let told = 0
  const watching = ramal.context(a).subscribe((context) => {
    told++
    if (isSome(context)) seen.push(textsOf(context.value).join(' | '))
  })
  const until = async (wanted: string) => {
    for (let n = 0; n < 400 && seen.at(-1) !== wanted; n++)
      await new Promise((resolve) => setTimeout(resolve, 5))
    assert.is(seen.at(-1), wanted)
  }
  await until('whatsapp: hello')
  await hear(desk, 'whatsapp', says(wa, '1055501', 'are you there?', T0))
  await until('whatsapp: hello | whatsapp: are you there?')
  await hear(desk, 'whatsapp', says(wa, '1055509', 'another number of yours', T0))
  await until('whatsapp: hello | whatsapp: are you there? | whatsapp: another number of yours')
  const before = told
  for (let n = 0; n < 5; n++)
    await hear(desk, 'sms', says({ kind: 'e164', value: `+1666000${n}` }, '2020', 'a stranger', T0))
  assert.is(told, before)
  await ramal.merge(a, b, { kind: 'agent' })
  const merged = seen.at(-1)!.split(' | ')
  await until(['whatsapp: hello', 'sms: from the other phone', ...merged.slice(1)].join(' | '))
  await hear(desk, 'sms', says(phone, '2020', 'me again', T0))
  await until(
    ['whatsapp: hello', 'sms: from the other phone', ...merged.slice(1), 'sms: me again'].join(' | '),
  )
  watching.unsubscribe()
  await ramal.stop()
  await ramal.ended
})

test.run()
