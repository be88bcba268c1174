import { whatsapp } from '@ramal/channel-whatsapp'
import type { Content } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, type Desk, NUMBER, openDesk, request, SECRET, T0, text } from '../test/desk.js'
import { type TemplateEvent, templateFault, templateReducer } from './templates.js'

const test = suite('templates')

const change = (field: string, value: object, at: number, account = '42') =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: account, time: Math.floor(at / 1000), changes: [{ field, value }] }],
  })

const about = (name: string, language = 'pt_BR') => ({
  message_template_id: 1,
  message_template_name: name,
  message_template_language: language,
})

const statusOf = (
  event: string,
  at: number,
  more: { name?: string; reason?: string; account?: string } = {},
) =>
  change(
    'message_template_status_update',
    { event, ...about(more.name ?? 'order_sent'), reason: more.reason ?? 'NONE' },
    at,
    more.account,
  )

const told = async ({ ramal }: Desk, body: string): Promise<void> => {
  assert.is((await ramal.handle(request(body))).status, 200)
  await ramal.settled()
}

const template = (name: string, language = 'pt_BR'): Extract<Content, { kind: 'template' }> => ({
  kind: 'template',
  name,
  language,
  parameters: ['42'],
})

/** A desk with a ticket of Bia's, and how to send in it. */
const assigned = async (options: Parameters<typeof openDesk>[0] = {}) => {
  const desk = await openDesk(options)
  await desk.ramal.signIn('bia', BIA)
  await desk.post({ messages: [text('15550111', 'm1', 'hello')] })
  const { conversation, offer } = desk.offer('bia')
  await desk.ramal.accept(conversation, offer, 'bia')
  const send = async (content: ReturnType<typeof template>, id: string) => {
    assert.ok(isRight(await desk.ramal.reply({ conversation, agent: 'bia', content, id })))
    await desk.ramal.settled()
    const outcome = (await desk.log())
      .filter(({ type }) => type === 'MessageSent' || type === 'SendRefused')
      .at(-1)!
    const { rule, reason } = outcome.data as { rule?: string; reason?: string }
    return { type: outcome.type, rule, reason, message: (outcome.data as { message: string }).message }
  }
  return { desk, conversation, send }
}

test('what the provider refuses is not sent: paused, rejected, disabled; and sent again when it is approved', async () => {
  const { desk, conversation, send } = await assigned()
  assert.is((await send(template('order_sent'), 'unknown')).type, 'MessageSent')
  let at = T0
  for (const [status, reason] of [
    ['PAUSED', 'QUALITY_PENDING'],
    ['REJECTED', 'INVALID_FORMAT'],
    ['DISABLED', 'NONE'],
  ] as const) {
    at += 60_000
    await told(desk, statusOf(status, at, { reason }))
    const refused = await send(template('order_sent'), status)
    assert.equal([refused.type, refused.rule], ['SendRefused', 'template.unusable'])
    assert.match(refused.reason ?? '', `"order_sent" (pt_BR) is ${status} at the provider`)
    if (reason !== 'NONE') assert.match(refused.reason ?? '', reason)
    const explained = await desk.ramal.explainSend(conversation, refused.message)
    assert.ok(isSome(explained))
    assert.is(explained.value.checks.find(({ rule }) => rule === 'template.unusable')?.verdict, 'refuses')
    assert.is(explained.value.judgement.verdict, 'refused')
    await told(desk, statusOf('APPROVED', at + 1000))
    assert.is((await send(template('order_sent'), `after ${status}`)).type, 'MessageSent')
    // What was decided then is explained by what was known then.
    const again = await desk.ramal.explainSend(conversation, refused.message)
    assert.ok(isSome(again) && again.value.judgement.verdict === 'refused')
  }
  assert.is(desk.calls.length, 4)
  await desk.ramal.stop()
})

test('another language, another template and a free text are not concerned', async () => {
  const { desk, send } = await assigned()
  await told(desk, statusOf('PAUSED', T0))
  assert.is((await send(template('order_sent', 'en_US'), 'other language')).type, 'MessageSent')
  assert.is((await send(template('order_late'), 'other template')).type, 'MessageSent')
  assert.is((await send(template('order_sent'), 'this one')).type, 'SendRefused')
  await desk.ramal.stop()
})

test('templates of two accounts are two, where numbers name their account', async () => {
  const { desk, send } = await assigned({
    channels: [
      whatsapp({
        ...{ appSecret: SECRET, verifyToken: 'v', accessToken: 't' },
        numbers: [
          { id: NUMBER, account: '42' },
          { id: '2', account: '43' },
        ],
        fetch: async () => Response.json({ messages: [{ id: 'wamid.OUT1' }] }),
      }),
    ],
  })
  await told(desk, statusOf('PAUSED', T0, { account: '43' }))
  assert.is((await send(template('order_sent'), 'ours')).type, 'MessageSent')
  await told(desk, statusOf('PAUSED', T0, { account: '42' }))
  assert.is((await send(template('order_sent'), 'ours now')).type, 'SendRefused')
  assert.equal(
    (await firstValueFrom(desk.ramal.templates())).map(({ account }) => account),
    ['42', '43'],
  )
  await desk.ramal.stop()
})

test('status, category and quality are listed, each as reported last', async () => {
  const { desk } = await assigned()
  await told(desk, statusOf('APPROVED', T0))
  await told(desk, statusOf('APPROVED', T0))
  await told(
    desk,
    change(
      'template_category_update',
      { ...about('order_sent'), previous_category: 'UTILITY', new_category: 'MARKETING' },
      T0 + 1000,
    ),
  )
  await told(
    desk,
    change(
      'message_template_quality_update',
      { ...about('order_sent'), previous_quality_score: 'GREEN', new_quality_score: 'RED' },
      T0 + 2000,
    ),
  )
  await told(desk, statusOf('FLAGGED', T0 + 3000, { name: 'promo' }))
  const listed = (await firstValueFrom(desk.ramal.templates())).map((one) => [
    ...[one.channel, one.name, one.language, one.status?.value, one.usable],
    ...[one.category?.value, one.quality?.value],
  ])
  assert.equal(listed, [
    ['whatsapp', 'order_sent', 'pt_BR', 'APPROVED', true, 'MARKETING', 'RED'],
    ['whatsapp', 'promo', 'pt_BR', 'FLAGGED', true, undefined, undefined],
  ])
  const streams = new Set(
    (await desk.log()).flatMap(({ stream }) => (stream.startsWith('template-') ? [stream] : [])),
  )
  assert.is(streams.size, 2)
  assert.is((await desk.log()).filter(({ type }) => type === 'TemplateChanged').length, 4)
  await desk.ramal.stop()
})

test('reports in any order, however often, end in the same', () => {
  const report = fc.record({
    at: fc.integer({ min: 1, max: 5 }),
    change: fc.constantFrom('status' as const, 'category' as const),
  })
  const stateOf = (reports: readonly { at: number; change: 'status' | 'category' }[]) => {
    const state = templateReducer.initial()
    for (const { at, change } of reports) {
      const data = { channel: 'whatsapp', template: 'x', change, to: `${change} ${at}`, usable: at % 2 === 0 }
      const event = { type: 'TemplateChanged', data } satisfies TemplateEvent
      templateReducer.apply(state, { ...event, meta: { at } } as Parameters<typeof templateReducer.apply>[1])
    }
    return state
  }
  fc.assert(
    fc.property(
      fc
        .array(report, { minLength: 1, maxLength: 8 })
        .chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
        ),
      ([all, shuffled]) => {
        assert.equal(stateOf(shuffled), stateOf(all))
        const last = Math.max(...all.filter((r) => r.change === 'status').map((r) => r.at))
        assert.is(templateFault(stateOf(all)) !== undefined, Number.isFinite(last) && last % 2 === 1)
      },
    ),
    { numRuns: 200 },
  )
})

test.run()
