import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson, memoryStore, type Recorded, random, virtualClock } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { BIA, openDesk, POLICY, readLog, request, status, T0, text, webhook } from '../test/desk.js'
import { PICTURE, picture } from '../test/media-bench.js'
import { openMeta } from '../test/meta.js'
import { memoryMediaStore, type Ramal, startIngest, startRamal } from './index.js'

const test = suite('each fact once')

const ANA = { contacts: [{ wa_id: '15550111', profile: { name: 'Ana' } }] }
const at = (n: number) => String(Math.floor(T0 / 1000) + n)
const base = (from: string, id: string, n: number) => ({ from, id, timestamp: at(n) })

const edit = (from: string, id: string, of: string, body: string, n: number) => ({
  ...base(from, id, n),
  type: 'edit',
  edit: { original_message_id: of, message: { type: 'text', text: { body } } },
})
const revoke = (from: string, id: string, of: string, n: number) => ({
  ...base(from, id, n),
  type: 'revoke',
  revoke: { original_message_id: of },
})
const reaction = (from: string, id: string, of: string, emoji: string, n: number) => ({
  ...base(from, id, n),
  type: 'reaction',
  reaction: { message_id: of, emoji },
})
const preference = (from: string, value: string, n: number) => ({
  ...{ wa_id: from, category: 'marketing_messages', value, detail: '', timestamp: Number(at(n)) },
})
const account = (field: string, value: object, n: number) =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '42', time: Number(at(n)), changes: [{ field, value }] }],
  })
const paused = (event: string, n: number) =>
  account(
    'message_template_status_update',
    { event, message_template_name: 'promo', message_template_language: 'pt_BR' },
    n,
  )

/** What a provider might deliver on one morning: batches with everything in them. */
const deliveries = (correlations: readonly string[]): readonly string[] => [
  ...Array.from({ length: 6 }, (_, i) =>
    webhook({
      messages: [
        text(`1666000${i}`, `new-${i}-1`, 'hello'),
        text(`1666000${(i + 1) % 6}`, `new-${i}-2`, 'and another thing'),
        text('15550111', `ana-${i}`, `word ${i}`),
      ],
      ...(i === 0 ? ANA : {}),
    }),
  ),
  webhook({
    messages: [
      edit('15550111', 'e1', 'ana-3', 'word three', 1),
      reaction('15550111', 'r1', 'ana-4', '👍', 2),
    ],
  }),
  webhook({
    messages: [edit('15550111', 'e2', 'ana-3', 'word 3!', 3), revoke('15550111', 'v1', 'ana-5', 4)],
  }),
  webhook({ messages: [reaction('15550111', 'r2', 'wamid.OUT1', '❤️', 5), picture('pic', '77')] }),
  webhook({ statuses: [status('wamid.OUT1', 'delivered'), status('wamid.OUT2', 'failed', correlations[1])] }),
  webhook({ statuses: [status('wamid.OUT1', 'sent'), status('wamid.OUT2', 'delivered')] }),
  webhook({ statuses: [status('wamid.OUT1', 'read', correlations[0]), status('wamid.OUT2', 'sent')] }),
  webhook({ user_preferences: [preference('15550111', 'stop', 6)] }),
  webhook({ user_preferences: [preference('16660001', 'stop', 7), preference('16660001', 'resume', 8)] }),
  account('account_alerts', { alert_info: { alert_status: 'ACTIVE', alert_type: 'LIMIT' } }, 9),
  paused('PAUSED', 10),
  paused('APPROVED', 11),
  webhook({ messages: [{ ...base('15550111', 'odd', 12), type: 'hologram', hologram: { x: 1 } }] }),
]

/** What was reported and what follows from it alone; not what the router or a pause made of it. */
const factsOf = (log: readonly Recorded[]): readonly string[] =>
  log
    .filter(({ stream }) => /^(conversation|customer|endpoint|template)-/.test(stream))
    // That something was early is kept beside, and is no fact about anybody.
    .filter(({ type }) => type !== 'ReportKept' && type !== 'TicketClassified')
    .map(({ stream, type, data }) => `${stream} ${type} ${canonicalJson(data)}`)
    .sort()

/** Whoever takes webhooks: a whole engine, or a door. */
type Taker = Pick<Ramal, 'handle' | 'settled'>
type Deliver = (
  bodies: readonly string[],
  engines: readonly Taker[],
  doors: readonly Taker[],
) => Promise<void>

const post = async (ramal: Taker, body: string): Promise<void> =>
  assert.is((await ramal.handle(request(body))).status, 200)

/** A log in a file, with a ticket of Bia's and two messages of hers; then what is delivered. */
const play = async (deliver: Deliver): Promise<{ facts: readonly string[]; kept: number; ana: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-once-'))
  const meta = await openMeta()
  meta.files.set('77', { bytes: PICTURE, mimeType: 'image/png' })
  const store = await sqliteStore(join(folder, 'log.db'))
  const clock = virtualClock(T0)
  const options = { store, clock, policy: POLICY, media: { store: memoryMediaStore() } }
  const desk = await openDesk({ ...options, name: 'one', channels: [meta.channel(clock)] })
  const other = await startRamal({ ...options, name: 'two', channels: [meta.channel(clock)] })
  const door = () => startIngest({ store, clock, channels: [meta.channel(clock)] })
  const doors = [await door(), await door()]
  try {
    await desk.ramal.signIn('bia', BIA)
    await post(desk.ramal, webhook({ ...ANA, messages: [text('15550111', 'first', 'hello')] }))
    await desk.ramal.settled()
    const { conversation, offer } = desk.offer('bia')
    await desk.ramal.accept(conversation, offer, 'bia')
    for (const id of ['one', 'two']) {
      await desk.ramal.reply({ conversation, agent: 'bia', content: `answer ${id}`, id })
      // Whichever of the two sends it.
      await Promise.all([desk.ramal.settled(), other.settled()])
    }
    await desk.ramal.agent('bia', { type: 'becomeUnavailable', reason: 'break' })
    const sent = meta.sent.map((one) => String(one.biz_opaque_callback_data))
    await deliver(deliveries(sent), [desk.ramal, other], doors)
    await Promise.all([desk.ramal.settled(), other.settled()])
    const log = await readLog(store)
    const found = await desk.ramal.find(conversation)
    assert.ok(isSome(found))
    const { outbound, attachments, control } = found.value
    const ana = canonicalJson({
      control,
      outbound: Object.values(outbound).map((one) => [one.state, one.delivery]),
      attachments: Object.values(attachments).map((one) => one.state),
    })
    assert.equal(desk.trouble, [])
    return { facts: factsOf(log), kept: log.filter(({ type }) => type === 'ReportKept').length, ana }
  } finally {
    await desk.ramal.stop()
    await other.stop()
    await store.close()
    await meta.close()
    await rm(folder, { recursive: true })
  }
}

const shuffled = <A>(items: readonly A[], seed: string): readonly A[] => {
  const chance = random(seed)
  return items
    .map((item) => ({ item, at: chance.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

test('three times, shuffled, at the same time, to two engines on one file: the same facts as once in order', async () => {
  const once = await play(async (bodies, [one]) => {
    for (const body of bodies) await post(one!, body)
  })
  assert.ok(once.facts.length > 60, `${once.facts.length} facts`)
  for (const type of [
    ...['MessageEdited', 'MessageRevoked', 'ReactionChanged', 'DeliveryAdvanced', 'AttachmentStored'],
    ...['ConsentWithdrawn', 'ConsentGranted', 'TemplateChanged', 'EndpointHealthChanged'],
  ])
    assert.ok(
      once.facts.some((fact) => fact.includes(` ${type} `)),
      type,
    )
  assert.is(once.facts.filter((fact) => fact.includes(' DeliveryAdvanced ')).length, 6)
  let early = 0
  for (const seed of ['a', 'b', 'c', 'd', 'e']) {
    const again = await play(async (bodies, engines) => {
      const all = shuffled([...bodies, ...bodies, ...bodies], seed)
      await Promise.all(all.map((body, i) => post(engines[i % 2]!, body)))
    })
    assert.equal(again.facts, once.facts, seed)
    assert.is(again.ana, once.ana, seed)
    early += again.kept
  }
  assert.ok(early > once.kept, 'some reports came before what they are about')
})

test('the same through two doors, and through doors and engines together: the same facts as to one engine', async () => {
  const once = await play(async (bodies, [one]) => {
    for (const body of bodies) await post(one!, body)
  })
  const inOrder = await play(async (bodies, _, [door]) => {
    for (const body of bodies) await post(door!, body)
  })
  assert.equal(inOrder.facts, once.facts)
  assert.is(inOrder.ana, once.ana)
  for (const seed of ['a', 'b', 'c', 'd']) {
    const again = await play(async (bodies, engines, doors) => {
      const takers = seed < 'c' ? doors : [...doors, ...engines]
      const all = shuffled([...bodies, ...bodies, ...bodies], seed)
      await Promise.all(all.map((body, i) => post(takers[i % takers.length]!, body)))
    })
    assert.equal(again.facts, once.facts, seed)
    assert.is(again.ana, once.ana, seed)
  }
})

test('one by one in the reverse order, so that everything is early', async () => {
  const forward = await play(async (bodies, [one]) => {
    for (const body of bodies) await post(one!, body)
  })
  const backward = await play(async (bodies, engines) => {
    for (const [i, body] of [...bodies].reverse().entries()) {
      await post(engines[i % 2]!, body)
      await engines[i % 2]!.settled()
    }
  })
  assert.equal(backward.facts, forward.facts)
  assert.is(backward.ana, forward.ana)
  assert.ok(backward.kept >= 4, `${backward.kept} were early`)
})

test('a person of several names is one, and has one conversation, in whatever order they come', async () => {
  const bodies = [
    webhook({ messages: [text('5511987654321', 'm1', 'with the ninth digit')] }),
    webhook({ messages: [{ ...text('551187654321', 'm2', 'without'), from_user_id: 'BR.1A2b' }] }),
    webhook({
      messages: [{ ...text('x', 'm3', 'by user id alone'), from: undefined, from_user_id: 'BR.1A2b' }],
    }),
  ]
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const store = memoryStore()
    const desk = await openDesk({ store })
    const order = shuffled([...bodies, ...bodies], seed)
    for (const body of order) await post(desk.ramal, body)
    // Once all names came together, they are one person's.
    for (const body of bodies) await post(desk.ramal, body)
    await desk.ramal.settled()
    const log = await readLog(store)
    assert.is(log.filter(({ type }) => type === 'MessageReceived').length, 3, seed)
    const customers = new Set(
      log.flatMap(({ type, stream }) => (type === 'CustomerIdentified' ? [stream.slice(9)] : [])),
    )
    const people = new Set<string>()
    for (const id of customers) {
      const context = await desk.ramal.contextOf(id)
      assert.ok(isSome(context))
      people.add(context.value.customer)
      assert.is(context.value.last.length, 3, `${seed}: all that they said is in one context`)
    }
    assert.is(people.size, 1, seed)
    await desk.ramal.stop()
  }
})

test.run()
