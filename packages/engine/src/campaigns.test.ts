import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@ramal/core'
import type { CampaignDefinition } from '@ramal/outreach'
import { suite } from '@ramal/testing'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { fakeChannel } from '../test/fake-channel.js'
import { of, openShop, POLICY, person, type Shop } from '../test/shop.js'
import { type CampaignProgress, type Ramal, startRamal } from './index.js'

const test = suite('campaigns')
const HOUR = 3_600_000

const SPRING: CampaignDefinition = {
  channel: 'whatsapp',
  endpoint: 'shop',
  purpose: 'order',
  content: { kind: 'text', text: 'Hello {{1}}, the spring catalogue is here.' },
  pace: { messages: 5, per: 1000 },
  intent: 'order',
  labels: ['spring'],
}

const people = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ identifier: person(n), parameters: [`number ${n}`] }))

const launch = async (ramal: Ramal, id: string, count: number, more: Partial<CampaignDefinition> = {}) => {
  assert.ok(isRight(await ramal.campaign(id, { type: 'draft', definition: { ...SPRING, ...more } })))
  assert.ok(isRight(await ramal.addRecipients(id, people(count))))
  assert.ok(isRight(await ramal.campaign(id, { type: 'start' })))
  await ramal.settled()
}

const progress = async ({ ramal }: Shop, id = 'spring'): Promise<CampaignProgress> => {
  await ramal.settled()
  const known = await firstValueFrom(ramal.campaignProgress(id))
  assert.ok(known)
  return known!
}

const told = (shop: Pick<Shop, 'sent'>): readonly string[] => shop.sent.map(({ to }) => to.value)

test('a campaign keeps its pace, tells each once, and is then completed', async () => {
  const shop = await openShop()
  await launch(shop.ramal, 'spring', 12)
  await shop.ramal.addRecipients('spring', people(12))
  await shop.ramal.settled()
  assert.is(shop.sent.length, 5)
  await shop.advance(999)
  assert.is(shop.sent.length, 5)
  await shop.advance(1)
  assert.is(shop.sent.length, 10)
  await shop.advance(HOUR)
  assert.is(new Set(told(shop)).size, 12)
  assert.is(shop.sent.length, 12)
  const first = shop.sent[0]!.content
  assert.is(first.kind === 'text' && first.text, 'Hello number 0, the spring catalogue is here.')
  const { status, recipients, requested, sent } = await progress(shop)
  assert.equal([status, recipients, requested, sent], ['completed', 12, 12, 12])
  assert.is(of(await shop.log(), 'TicketClassified').length, 0)
  assert.equal(shop.trouble, [])
  await shop.close()
})

test('progress says what became of each: refused by which rule, read, answered, opted out', async () => {
  const shop = await openShop()
  for (let n = 0; n < 6; n++)
    await shop.ramal.customer(`c${n}`, { type: 'identify', identifiers: [person(n)] })
  const consent = { channel: 'whatsapp', purpose: 'marketing', source: 'signup' } as const
  for (let n = 0; n < 4; n++) await shop.ramal.customer(`c${n}`, { type: 'grantConsent', ...consent })
  await shop.ramal.customer('c4', { type: 'withdrawConsent', ...consent, source: 'customer' })
  const { ramal } = shop
  await ramal.campaign('spring', { type: 'draft', definition: { ...SPRING, purpose: 'marketing' } })
  const recipients = [...Array.from({ length: 6 }, (_, n) => ({ customer: `c${n}` })), { customer: 'ghost' }]
  await ramal.addRecipients('spring', recipients)
  await ramal.campaign('spring', { type: 'start' })
  await ramal.settled()
  await shop.advance(10_000)
  const messageTo = (n: number) => shop.sent.find(({ to }) => to.value === person(n).value)!.message
  const status = (n: number, to: 'delivered' | 'read') => ({
    kind: 'status' as const,
    dedupeKey: `${n} ${to}`,
    at: shop.clock.now(),
    endpoint: 'shop',
    peer: [person(n)],
    providerId: `out-${messageTo(n)}`,
    correlation: messageTo(n),
    to,
  })
  await ramal.ingest('whatsapp', [status(0, 'delivered'), status(1, 'read'), status(1, 'delivered')])
  await shop.says('I want it', { peer: [person(1)] })
  await shop.says('and quickly', { peer: [person(1)] })
  await shop.says('STOP', { peer: [person(2)] })
  assert.equal(await progress(shop), {
    status: 'completed',
    recipients: 7,
    requested: 6,
    deferred: 0,
    sent: 4,
    failed: 0,
    uncertain: 0,
    refused: { 'consent.missing': 1, 'consent.withdrawn': 1 },
    skipped: { unknownCustomer: 1 },
    delivered: 2,
    read: 1,
    replied: 1,
    optedOut: 1,
  })
  await shop.close()
})

test('a paused campaign tells nobody; resumed it goes on; cancelled it is over', async () => {
  const shop = await openShop()
  await launch(shop.ramal, 'spring', 30)
  await shop.advance(1000)
  await shop.ramal.campaign('spring', { type: 'pause', reason: 'a wrong price' })
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 10)
  await shop.ramal.campaign('spring', { type: 'resume' })
  await shop.ramal.settled()
  await shop.advance(1000)
  assert.is(shop.sent.length, 20)
  await shop.ramal.campaign('spring', { type: 'cancel' })
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 20)
  const again = await shop.ramal.campaign('spring', { type: 'resume' })
  assert.ok(isLeft(again) && again.left._tag === 'CampaignRefusal' && again.left.reason === 'over')
  assert.is((await progress(shop)).status, 'cancelled')
  await shop.close()
})

test('in quiet hours a campaign waits, by each recipient’s clock, and keeps its pace after them', async () => {
  const quietHours = { zone: 'America/Sao_Paulo', periods: [{ from: '13:00', to: '09:00' }] }
  const shop = await openShop({ sending: { quietHours } })
  await shop.ramal.customer('east', { type: 'identify', identifiers: [person(0)] })
  await shop.ramal.customer('east', { type: 'learnTimeZone', zone: 'Europe/Lisbon' })
  await launch(shop.ramal, 'spring', 12)
  await shop.ramal.settled()
  // Noon in São Paulo is 15:00 in Lisbon, a quiet hour there.
  assert.is(shop.sent.length, 5)
  assert.not.ok(told(shop).includes(person(0).value))
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 11)
  await shop.advance(18 * HOUR - 1)
  assert.equal(told(shop).slice(11), [person(0).value], 'in their own morning')
  assert.is(of(await shop.log(), 'SendDeferred').length, 0)
  await shop.close()
})

test('campaigns of one endpoint go one after the other', async () => {
  const shop = await openShop()
  await launch(shop.ramal, 'first', 8)
  await shop.advance(1)
  await launch(shop.ramal, 'second', 3)
  await shop.advance(998)
  assert.is(shop.sent.length, 5)
  await shop.advance(HOUR)
  assert.is(shop.sent.length, 11)
  assert.is((await progress(shop, 'second')).status, 'completed')
  await shop.close()
})

test('two engines on one log: each recipient once, and the pace is that of the campaign', async () => {
  const shop = await openShop()
  const second = fakeChannel()
  const other = await startRamal({
    store: shop.store,
    clock: shop.clock,
    policy: POLICY,
    name: 'other',
    channels: [second.adapter],
    onTrouble: (error) => shop.trouble.push(error),
  })
  const all = () => [...told(shop), ...told(second)]
  const advance = (ms: number) =>
    shop.clock.advanceTo(shop.clock.now() + ms, async () => {
      await shop.ramal.settled()
      await other.settled()
    })
  await launch(shop.ramal, 'spring', 40)
  await advance(0)
  for (let second = 1; second <= 10; second++) {
    assert.ok(all().length <= 5 * second, `${all().length} in ${second} s`)
    await advance(1000)
  }
  await advance(30_000)
  assert.is(all().length, 40)
  assert.is(new Set(all()).size, 40)
  assert.is((await progress(shop)).status, 'completed')
  await other.stop()
  await shop.close()
})

const NODE = fileURLToPath(new URL('../test/campaign-node.ts', import.meta.url))

const start = (database: string, lines: string, name: string) => {
  const child: ChildProcess = fork(NODE, [database, lines, name], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  let last: Partial<CampaignProgress> = {}
  child.on('message', (known: Partial<CampaignProgress>) => {
    last = known
  })
  return {
    child,
    ended,
    async until(isSo: (known: Partial<CampaignProgress>) => boolean) {
      for (let i = 0; i < 400 && !isSo(last); i++) await systemClock.sleep(50)
      assert.ok(isSo(last), `after 20 s: ${JSON.stringify(last)}`)
      return last as CampaignProgress
    },
  }
}

test(
  'killed half-way and started again, it goes on with those who were not told, each once',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'ramal-campaign-'))
    const [database, lines] = [join(home, 'shop.db'), join(home, 'sent')]
    const sent = async () => (await readFile(lines, 'utf8').catch(() => '')).split('\n').filter(Boolean)
    // Without the channel: it runs nothing itself.
    const shop = await openShop({ folder: home, channels: [], from: systemClock.now() })
    await launch(shop.ramal, 'spring', 60, { pace: { messages: 20, per: 1000 } })
    await shop.close()

    const first = start(database, lines, 'first')
    try {
      await first.until(({ requested = 0 }) => requested >= 25)
    } finally {
      first.child.kill('SIGKILL')
      await first.ended
    }
    const before = (await sent()).length
    assert.ok(before > 0 && before < 60, `${before} were told before the kill`)

    const second = start(database, lines, 'second')
    try {
      // All but those who were being told in the moment of the kill: nobody knows what became of them yet.
      await second.until(
        ({ status, requested = 0, sent: reached = 0 }) =>
          status === 'completed' && requested === 60 && reached >= 60 - 32,
      )
      let told = -1
      for (let now = (await sent()).length; now > told; now = (await sent()).length) {
        told = now
        await systemClock.sleep(500)
      }
    } finally {
      second.child.send('stop')
      await second.ended
    }
    const told = (await sent()).map((line) => line.split(' ')[0])
    assert.is(new Set(told).size, told.length, 'nobody is told twice')
    const after = await openShop({ folder: home, name: 'after', channels: [], from: systemClock.now() })
    const states = new Map<string, number>()
    for (const { data, type } of await after.log())
      if (type === 'SendAttempted' || type === 'MessageSent') states.set(type, (states.get(type) ?? 0) + 1)
      else if (type === 'SendRequested') assert.is((data as { campaign?: string }).campaign, 'spring')
    assert.is(of(await after.log(), 'SendRequested').length, 60)
    // Whoever was being told in the moment of the kill is not told again: that may have been, or not.
    const inFlight = states.get('SendAttempted')! - states.get('MessageSent')!
    assert.is(states.get('SendAttempted'), 60)
    assert.ok(inFlight <= 32, `${inFlight} were on their way`)
    assert.ok(told.length >= 60 - inFlight, `${told.length} were told, ${inFlight} were on their way`)
    await after.close()
    await rm(home, { recursive: true, force: true })
  },
  { timeout: 50_000 },
)

test.run()
