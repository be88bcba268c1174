import { suite } from '@ramal/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { BIA, NUMBER, openDesk, request, T0 } from '../test/desk.js'

const test = suite('calls of WhatsApp')

const webhook = (call: object): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: 'waba',
        changes: [
          {
            field: 'calls',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550100', phone_number_id: NUMBER },
              contacts: [{ wa_id: '15550111', profile: { name: 'Ana' } }],
              calls: [
                { id: 'wacid.1', from: '15550111', to: '15550100', direction: 'USER_INITIATED', ...call },
              ],
            },
          },
        ],
      },
    ],
  })

const at = (ms: number) => String(Math.floor((T0 + ms) / 1000))
const session = { sdp_type: 'offer', sdp: 'v=0 the offer' }

test('a call is routed, accepted at the desk, answered with the agent’s own media, and ends', async () => {
  const offers: unknown[] = []
  const asked: unknown[] = []
  const desk = await openDesk({
    answer: () => Response.json({ success: true }),
    calls: { onOffered: (offered) => offers.push(offered) },
  })
  const { ramal } = desk
  await ramal.signIn('bia', BIA)
  const post = async (call: object) => {
    assert.is((await ramal.handle(request(webhook(call)))).status, 200)
    await ramal.settled()
  }
  await post({ event: 'connect', timestamp: at(0), session })
  const [offer] = await firstValueFrom(ramal.offers('bia'))
  const { conversation } = offer!
  assert.equal(offers, [{ conversation, channel: 'whatsapp', endpoint: NUMBER, call: 'wacid.1', session }])
  assert.not.match(JSON.stringify(await desk.log()), 'the offer')
  assert.ok(isRight(await ramal.accept(conversation, offer!.offer, 'bia')))
  await ramal.settled()
  assert.is(desk.calls.length, 0)
  const answer = { sdp_type: 'answer', sdp: 'v=0' }
  assert.ok(isRight(await ramal.call(conversation, 'bia', { kind: 'answer', session: answer })))
  asked.push(...desk.calls)
  assert.equal(asked, [
    { messaging_product: 'whatsapp', call_id: 'wacid.1', action: 'accept', session: answer },
  ])
  await desk.advance(30_000)
  await post({ event: 'terminate', timestamp: at(30_000), status: 'COMPLETED', duration: 28 })
  // What the policy gives for the time after it.
  await desk.advance(120_000)
  const facts = (await desk.log()).filter(({ stream }) => stream === `conversation-${conversation}`)
  assert.equal(
    facts.map(({ type }) => type).filter((type) => /^Call|^Conversation/.test(type)),
    ['ConversationOpened', 'CallOffered', 'CallAnswered', 'CallEnded', 'ConversationResolved'],
  )
  const ended = facts.find(({ type }) => type === 'CallEnded')
  assert.is(ended && (ended.data as { duration: number }).duration, 28_000)
  assert.equal(desk.trouble, [])
  await ramal.stop()
})

test.run()
