import { memoryStore, START } from '@ramal/core'
import { suite } from '@ramal/testing'
import { startRamal } from 'ramal'
import * as assert from 'uvu/assert'
import { answerOf } from '../test/client.js'
import { webchat } from './adapter.js'
import { signIdentity } from './token.js'

const test = suite('webchat: who has logged in')

const SECRET = 'shared with the site'
const vouched = (externalId: string) => ({ externalId, signature: signIdentity(SECRET, externalId) })

const stopping: (() => Promise<unknown>)[] = []
test.after(async () => {
  for (const stop of stopping) await stop()
})

const openChat = async () => {
  const chat = webchat({
    widgets: [{ id: 'site', origins: '*', identity: { secret: SECRET } }],
    secrets: ['a secret that is long enough to sign with'],
  })
  const store = memoryStore()
  const ramal = await startRamal({
    store,
    policy: { name: 'shop', classification: [{ queue: 'care' }], queues: { care: {} } },
    channels: [chat],
  })
  stopping.push(ramal.stop)
  const call = async (method: string, path: string, token?: string, body?: object) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
    return ramal.handle(new Request(`http://chat.example/webhooks/webchat${path}`, init))
  }
  const open = async (more: object = {}): Promise<{ readonly token: string; readonly session: string }> =>
    answerOf(await call('POST', '/sessions', undefined, { widget: 'site', ...more }))
  let said = 0
  return {
    ramal,
    open,
    /** In the order in which they came, less those who were merged into another. */
    customers: async (): Promise<readonly string[]> => {
      const found: string[] = []
      for await (const { events } of store.readAll({ after: START }))
        for (const { type, stream } of events) {
          if (type === 'CustomerIdentified') found.push(stream.replace('customer-', ''))
          if (type === 'CustomerAbsorbed') found.splice(found.indexOf(stream.replace('customer-', '')), 1)
        }
      return found
    },
    say: async (token: string, text: string) =>
      (await call('POST', '/messages', token, { clientMsgId: `message-${++said}`, text })).status,
    seen: async (token: string): Promise<readonly string[] | number> => {
      const response = await call('GET', '/events?wait=0', token)
      if (response.status !== 200) return response.status
      const { events } = await answerOf(response)
      return events.map(({ item }) => item.content.text)
    },
  }
}

test('a token of before a login opens nothing of what was said since', async () => {
  const { open, say, seen } = await openChat()
  const before = await open()
  assert.is(await say(before.token, 'hello'), 201)
  const ana = await open({ token: before.token, identity: vouched('ana') })
  assert.is(await say(ana.token, 'my order'), 201)
  assert.is(await seen(before.token), 401)
  assert.is(await say(before.token, 'as if I were Ana'), 401)
  const anonymous = await open({ token: before.token })
  assert.is.not(anonymous.session, before.session)
  assert.equal(await seen(anonymous.token), [])
  // Whose answer was lost logs in again, and goes on.
  const again = await open({ token: before.token, identity: vouched('ana') })
  assert.is(again.session, before.session)
  assert.equal(await seen(again.token), ['hello', 'my order'])
})

test('who logs in with a token of before another’s login is somebody else', async () => {
  const { customers, open, say, seen } = await openChat()
  const before = await open()
  const ana = await open({ token: before.token, identity: vouched('ana') })
  assert.is(await say(ana.token, 'my order'), 201)
  const bia = await open({ token: before.token, identity: vouched('bia') })
  assert.is(await say(bia.token, 'and mine'), 201)
  assert.equal([await seen(ana.token), await seen(bia.token)], [['my order'], ['and mine']])
  assert.is((await customers()).length, 2)
})

test('a visitor whom an agent knows, and no login, stays who they are', async () => {
  const { ramal, customers, open, say, seen } = await openChat()
  const known = await open({ identity: vouched('ana') })
  assert.is(await say(known.token, 'from home'), 201)
  const anonymous = await open()
  assert.is(await say(anonymous.token, 'from work'), 201)
  const [ana, somebody] = await customers()
  await ramal.merge(ana!, somebody!, { kind: 'agent' })
  assert.equal(await seen(anonymous.token), ['from work'])
})

test.run()
