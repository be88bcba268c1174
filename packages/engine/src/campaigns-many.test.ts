import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stamp, systemClock } from '@ramal/core'
import { type CampaignEvent, campaignEvents } from '@ramal/outreach'
import { suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { fakeChannel } from '../test/fake-channel.js'
import { of, openShop, POLICY } from '../test/shop.js'
import { launch, progress, told } from '../test/spring.js'
import { type CampaignProgress, startRamal } from './index.js'

const test = suite('campaigns of several engines')

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

test('whom another engine released and left is told after a while, once', async () => {
  const shop = await openShop({ channels: [] })
  await launch(shop.ramal, 'spring', 7)
  // What an engine leaves that is killed between writing whose turn it is and writing to the first of them.
  const stream = 'campaign-spring'
  const released: CampaignEvent = { type: 'RecipientsReleased', data: { recipients: [0, 1, 2, 3, 4] } }
  const context = { commandId: 'by the other', at: shop.clock.now(), tenant: 'main' }
  const events = stamp(campaignEvents, stream, [released], context)
  assert.ok(isRight(await shop.store.append([{ stream, expected: 'exists', events }])))
  const fake = fakeChannel()
  const heir = await startRamal({
    store: shop.store,
    clock: shop.clock,
    policy: POLICY,
    name: 'heir',
    channels: [fake.adapter],
    onTrouble: (error) => shop.trouble.push(error),
  })
  const advance = (ms: number) => shop.clock.advanceTo(shop.clock.now() + ms, () => heir.settled())
  await advance(0)
  await advance(1000)
  assert.equal(told(fake).length, 2, 'whose turn it is by now')
  await advance(3999)
  assert.is(fake.sent.length, 2)
  await advance(1)
  assert.is(new Set(told(fake)).size, 7)
  assert.is(fake.sent.length, 7)
  assert.is((await progress({ ...shop, ramal: heir })).status, 'completed')
  await heir.stop()
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
