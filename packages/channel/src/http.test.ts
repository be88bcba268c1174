import { virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { answering, hangingUp, provider, silent } from './conformance/provider.js'
import { call, faultOfStatus, retryAfterOf } from './http.js'
import { redact } from './redact.js'

const test = suite('one call to a provider')

test('what was certainly not sent may be sent again, all else is uncertain', async () => {
  const at = async (behaviour: Parameters<typeof provider>[0]) => {
    const server = await provider(behaviour)
    try {
      return await call({ method: 'POST', url: `${server.origin}/x`, body: '{}' }, { timeout: 300 })
    } finally {
      await server.close()
    }
  }
  const gone = await provider(silent)
  await gone.close()
  const refused = await call({ method: 'POST', url: gone.origin, body: '{}' })
  assert.equal(E.isLeft(refused) && [refused.left.class, refused.left.code], ['retry', 'ECONNREFUSED'])
  const nowhere = await call({ method: 'POST', url: 'http://name.invalid/', body: '{}' })
  assert.is(E.isLeft(nowhere) && nowhere.left.class, 'retry')
  const late = await at(silent)
  assert.equal(late, E.left({ class: 'uncertain', reason: 'No answer within 300 ms.', code: 'timeout' }))
  const cut = await at(hangingUp)
  assert.is(E.isLeft(cut) && cut.left.class, 'uncertain')
  const half = await at((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{"id"')
    setImmediate(() => response.destroy())
  })
  assert.is(E.isLeft(half) && half.left.class, 'uncertain')
  const moved = await at(answering(302, '', { location: 'http://127.0.0.1:9/' }))
  assert.is(E.isRight(moved) && moved.right.status, 302, 'no redirect is followed')
})

test('the time-out is that of the clock it was given', async () => {
  const clock = virtualClock(0)
  const server = await provider(silent)
  const running = call({ method: 'GET', url: server.origin }, { clock, timeout: 60_000 })
  while (server.requests() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await clock.advanceTo(60_000)
  const result = await running
  assert.is(E.isLeft(result) && result.left.code, 'timeout')
  await server.close()
})

test('an answer whose body says nothing is judged by its status', () => {
  const kind = (status: number, headers = {}) =>
    faultOfStatus({ status, headers: new Headers(headers), text: '' }, 0)
  assert.equal(kind(429, { 'retry-after': '7' }).retryAfter, 7_000)
  const table = [
    [200, 'uncertain'],
    [302, 'channel'],
    [400, 'content'],
    [401, 'channel'],
    [404, 'channel'],
    [408, 'uncertain'],
    [500, 'uncertain'],
    [503, 'retry'],
  ] as const
  for (const [status, expected] of table) assert.is(kind(status).class, expected, String(status))
})

test('a date to come back at is understood', () => {
  const headers = new Headers({ 'retry-after': 'Thu, 01 Jan 1970 00:01:00 GMT' })
  assert.is(retryAfterOf(headers, 20_000), 40_000)
  assert.is(retryAfterOf(headers, 90_000), 0)
  assert.is(retryAfterOf(new Headers({ 'retry-after': 'soon' }), 0), undefined)
})

test('secrets are taken out, as they are and as addresses carry them', () => {
  const said = redact(
    'GET /x?access_token=abc%26d failed for a&b/c= and a%26b%2Fc%3D: Bearer EAABsomething123',
    ['a&b/c='],
  )
  assert.not.match(said, 'a&b')
  assert.not.match(said, 'a%26b')
  assert.not.match(said, 'EAAB')
  assert.not.match(said, 'abc%26d')
})

test.run()
