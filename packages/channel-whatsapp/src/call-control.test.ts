import { answering } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { calling, NUMBER } from '../test/sending.js'

const test = suite('calls of WhatsApp')

const session = { sdp_type: 'answer', sdp: 'v=0' }

test('a call is accepted with the media of whoever takes it, refused and ended', async () => {
  const requests = await calling(answering(200, '{"success":true}'), async (adapter) => {
    for (const action of [
      { kind: 'answer', session, early: true },
      { kind: 'answer', session },
      { kind: 'reject' },
      { kind: 'hangUp' },
    ] as const)
      assert.ok(E.isRight(await adapter.control!({ endpoint: NUMBER, call: 'wacid.1', action })()))
  })
  const base = { messaging_product: 'whatsapp', call_id: 'wacid.1' }
  assert.equal(
    requests.map(({ url, body }) => [url, body]),
    [
      { ...base, action: 'pre_accept', session },
      { ...base, action: 'accept', session },
      { ...base, action: 'reject' },
      { ...base, action: 'terminate' },
    ].map((body) => [`/v99.0/${NUMBER}/calls`, body]),
  )
})

test('what WhatsApp does not do with calls is a fault, and asks nothing', async () => {
  const requests = await calling(answering(200, '{}'), async (adapter) => {
    for (const action of [
      { kind: 'connect', leg: 'l', address: 'PJSIP/bia', timeout: 1 },
      { kind: 'hold' },
      { kind: 'transfer', address: '1' },
    ] as const) {
      const done = await adapter.control!({ endpoint: NUMBER, call: 'wacid.1', action })()
      assert.is(E.isLeft(done) && done.left.class, 'content')
    }
  })
  assert.is(requests.length, 0)
})

test('an error of the Calling API says what to do', async () => {
  const error = '{"error":{"message":"No permission","code":138006}}'
  await calling(answering(400, error), async (adapter) => {
    const done = await adapter.control!({ endpoint: NUMBER, call: 'wacid.1', action: { kind: 'reject' } })()
    assert.equal(E.isLeft(done) && [done.left.class, done.left.code], ['recipient', '138006'])
  })
})

test.run()
