import { memoryStore, type Recorded } from '@ramal/core'
import type { MessagePurpose } from '@ramal/customer'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { fakeChannel } from '../test/fake-channel.js'
import { ana, of, openShop, POLICY, type Shop } from '../test/shop.js'
import { startRamal } from './index.js'

const test = suite('whatever happens, the log shows that the rules held')
const HOUR = 3_600_000
const DAY = 24 * HOUR

const SENDING = {
  quietHours: { zone: 'America/Sao_Paulo', periods: [{ from: '21:00', to: '08:00' }] },
  caps: [{ most: 3, per: DAY }],
}

type Step =
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'tell'; readonly purpose: MessagePurpose; readonly by: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'consent'; readonly grant: boolean; readonly purpose: 'all' | 'marketing' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .constantFrom('STOP', 'SAIR', 'START', 'voltar', 'hello', 'where is it?')
    .map((text): Step => ({ do: 'say', text })),
  fc
    .tuple(fc.constantFrom<MessagePurpose>('marketing', 'order', 'delivery', 'update'), fc.nat({ max: 1 }))
    .map(([purpose, by]): Step => ({ do: 'tell', purpose, by })),
  fc.integer({ min: 1, max: 9 }).map((hours): Step => ({ do: 'wait', hours })),
  fc
    .tuple(fc.boolean(), fc.constantFrom('all' as const, 'marketing' as const))
    .map(([grant, purpose]): Step => ({ do: 'consent', grant, purpose })),
)

/** Reads the log once, in order, by rules of its own: what was allowed that should not have been. */
const violations = (log: readonly Recorded[]): readonly string[] => {
  const found: string[] = []
  const purposes = new Map<string, MessagePurpose>()
  const said: { readonly grants: boolean; readonly purpose: string; readonly at: number }[] = []
  const sent: number[] = []
  for (const { type, data, meta } of log) {
    const { message = '', purpose = '' } = data as { readonly message?: string; readonly purpose?: string }
    if (type === 'SendRequested') purposes.set(message, purpose as MessagePurpose)
    if (type === 'ConsentGranted' || type === 'ConsentWithdrawn')
      said.push({ grants: type === 'ConsentGranted', purpose, at: meta.at })
    if (type !== 'SendAttempted') continue
    const what = purposes.get(message)!
    const about = said.filter((one) => one.purpose === 'all' || one.purpose === what)
    const no = about.findLastIndex(({ grants }) => !grants)
    const since = about[no]?.at ?? 0
    const lifted = about.slice(no + 1).some(({ grants, at }) => grants && at >= since)
    if (no >= 0 && !lifted) found.push(`${message} for ${what} after a withdrawal`)
    if ((what === 'marketing' || what === 'update') && !about.some(({ grants }) => grants))
      found.push(`${message} for ${what} without consent`)
    const hour = new Date(meta.at - 3 * HOUR).getUTCHours()
    if (what !== 'delivery' && (hour >= 21 || hour < 8)) found.push(`${message} for ${what} at ${hour} h`)
    sent.push(meta.at)
    const inDay = sent.filter((at) => at > meta.at - DAY).length
    if (inDay > 3) found.push(`${message} is number ${inDay} in a day`)
  }
  return found
}

const play = async (steps: readonly Step[]): Promise<Shop & { readonly handedOver: number }> => {
  const shop = await openShop({ store: memoryStore(), sending: SENDING })
  const second = fakeChannel()
  const other = await startRamal({
    store: shop.store,
    clock: shop.clock,
    policy: POLICY,
    sending: SENDING,
    name: 'other',
    channels: [second.adapter],
    onTrouble: (error) => shop.trouble.push(error),
  })
  const settled = async () => {
    await shop.ramal.settled()
    await other.settled()
  }
  const advance = (ms: number) => shop.clock.advanceTo(shop.clock.now() + ms, settled)
  await shop.ramal.customer('ana', { type: 'identify', identifiers: [ana] })
  for (const [i, one] of steps.entries()) {
    // Not settled after each: what comes next meets what is on its way.
    if (one.do === 'wait') await advance(one.hours * HOUR)
    if (one.do === 'say') await shop.says(one.text)
    if (one.do === 'consent')
      await shop.ramal.customer('ana', {
        type: one.grant ? 'grantConsent' : 'withdrawConsent',
        channel: 'whatsapp',
        purpose: one.purpose,
        source: 'signup',
      })
    if (one.do === 'tell') {
      const { purpose } = one
      const told = { id: `n${i}`, to: { customer: 'ana' }, channel: 'whatsapp', endpoint: 'shop' } as const
      await [shop.ramal, other][one.by]!.notify({ ...told, purpose, content: 'news' })
    }
  }
  await advance(DAY)
  await other.stop()
  return { ...shop, handedOver: shop.sent.length + second.sent.length }
}

test(
  'no message goes after a withdrawal, without consent, in quiet hours or beyond a cap',
  async () => {
    let went = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
        const shop = await play(steps)
        const log = await shop.log()
        assert.equal(violations(log), [])
        // Each that was asked for ends in one of two ways, and once.
        const requested = of(log, 'SendRequested').length
        assert.is(of(log, 'MessageSent').length + of(log, 'SendRefused').length, requested)
        assert.is(shop.handedOver, of(log, 'MessageSent').length)
        assert.equal(shop.trouble, [])
        went += shop.handedOver
        refused += of(log, 'SendRefused').length
        await shop.close()
      }),
      { numRuns: 8 },
    )
    assert.ok(went + refused > 8, `${went} went and ${refused} were refused: this tested little`)
  },
  { timeout: 40_000 },
)

test('the check finds what is wrong', async () => {
  const event = (type: string, data: object, at: number) => ({ type, data, meta: { at } }) as Recorded
  const noon = Date.UTC(2026, 2, 2, 15)
  const asked = (message: string, purpose: string) => event('SendRequested', { message, purpose }, noon)
  const attempt = (message: string, at: number) => event('SendAttempted', { message }, at)
  const no = event('ConsentWithdrawn', { purpose: 'all' }, noon)
  assert.match(violations([asked('m', 'delivery'), no, attempt('m', noon)])[0]!, /after a withdrawal/)
  assert.match(violations([asked('m', 'marketing'), attempt('m', noon)])[0]!, /without consent/)
  assert.match(violations([asked('m', 'order'), attempt('m', noon + 10 * HOUR)])[0]!, /at 22 h/)
  const four = ['a', 'b', 'c', 'd'].flatMap((m) => [asked(m, 'delivery'), attempt(m, noon)])
  assert.match(violations(four)[0]!, /number 4 in a day/)
})

test.run()
