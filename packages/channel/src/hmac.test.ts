import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { type HmacRule, verifyHmac } from './hmac.js'
import type { RawRequest } from './request.js'

// Test cases 2 and 1 of RFC 4231.
const jefe = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
const hiThere = 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'

const rule: HmacRule = {
  header: 'x-sign',
  prefix: 'sha256=',
  algorithm: 'sha256',
  encoding: 'hex',
  secrets: ['Jefe'],
}

const request = (body: string, signature?: string, method = 'POST'): RawRequest => ({
  method,
  url: '/',
  headers: new Headers(signature === undefined ? {} : { 'x-sign': signature }),
  body: Buffer.from(body),
})

const WHAT = 'what do ya want for nothing?'
const statusOf = (r: RawRequest, more: Partial<HmacRule> = {}) => {
  const result = verifyHmac(r, { ...rule, ...more })
  return E.isLeft(result) ? result.left.status : 200
}

const test = suite('signatures over the raw body')

test('the vectors of RFC 4231 are right', () => {
  assert.is(statusOf(request(WHAT, `sha256=${jefe}`)), 200)
  assert.is(statusOf(request(WHAT, `sha256=${jefe.toUpperCase()}`)), 200)
  const key = Buffer.alloc(20, 0x0b).toString('latin1')
  assert.is(statusOf(request('Hi There', `sha256=${hiThere}`), { secrets: [key] }), 200)
  const base64 = Buffer.from(jefe, 'hex').toString('base64')
  assert.is(statusOf(request(WHAT, base64), { prefix: '', encoding: 'base64' }), 200)
})

test('while a secret is changed, both are right; afterwards only the new one', () => {
  assert.is(statusOf(request(WHAT, `sha256=${jefe}`), { secrets: ['new', 'Jefe'] }), 200)
  assert.is(statusOf(request(WHAT, `sha256=${jefe}`), { secrets: ['new'] }), 403)
  assert.is(statusOf(request(WHAT, `sha256=${jefe}`), { secrets: [] }), 403)
})

test('everything else is refused, with the status that says why', () => {
  assert.is(statusOf(request(`${WHAT} `, `sha256=${jefe}`)), 403)
  assert.is(statusOf(request(WHAT, `sha256=${jefe.slice(0, -1)}`)), 403)
  assert.is(statusOf(request(WHAT, 'sha256=')), 403)
  assert.is(statusOf(request(WHAT, jefe)), 401)
  assert.is(statusOf(request(WHAT, `sha1=${jefe}`)), 401)
  assert.is(statusOf(request(WHAT)), 401)
  assert.is(statusOf(request(WHAT, `sha256=${jefe}`, 'PUT')), 405)
  assert.is(statusOf(request(WHAT, `sha256=${jefe}`), { maxBytes: 10 }), 413)
})

test.run()
