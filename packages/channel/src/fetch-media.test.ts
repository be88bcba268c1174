import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { type Behaviour, provider } from './conformance/provider.js'
import { fetchGuarded, isAllowed, type MediaRules } from './fetch-media.js'

const allow = ['lookaside.fbsbx.com', '.fbcdn.net', 'http://127.0.0.1:8080']
const allowed = (address: string) => isAllowed(new URL(address), allow)

const served = async (
  behaviour: (origin: string) => Behaviour,
  { also = [], ...more }: Partial<MediaRules> & { readonly also?: readonly string[] } = {},
) => {
  let origin = ''
  const server = await provider((request, response, body) => behaviour(origin)(request, response, body))
  origin = server.origin
  try {
    return await fetchGuarded(`${origin}/a`, {
      allow: [origin, ...also],
      maxBytes: 100,
      timeout: 1_000,
      ...more,
    })
  } finally {
    await server.close()
  }
}

const test = suite('files are fetched from where they may come from')

test('only listed hosts, only by https on its own port', () => {
  const good = [
    'https://lookaside.fbsbx.com/x?y',
    'https://a.b.fbcdn.net/',
    'http://127.0.0.1:8080/x',
    'https://lookaside.fbsbx.com./x',
  ]
  for (const address of good) assert.ok(allowed(address), address)
  const bad = [
    'http://lookaside.fbsbx.com/', // not https
    'https://lookaside.fbsbx.com:8443/',
    'https://lookaside.fbsbx.com.evil.example/',
    'https://evilfbcdn.net/',
    'https://.fbcdn.net/',
    'https://fbcdn.net@evil.example/',
    'https://user:pass@lookaside.fbsbx.com/',
    'http://127.0.0.1:8081/x',
    'http://localhost:8080/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'file:///etc/passwd',
    'data:text/plain,x',
  ]
  for (const address of bad) if (URL.canParse(address)) assert.not.ok(allowed(address), address)
})

test('a redirect leads nowhere that is not listed', async () => {
  const result = await served(() => (_, response) => {
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' })
    response.end()
  })
  assert.equal(result, E.left({ final: true, reason: 'Files are not fetched from http://169.254.169.254.' }))
})

test('redirects within the list are followed, but not for ever', async () => {
  let count = 0
  const once = await served(() => (request, response) => {
    if (request.url === '/a') response.writeHead(302, { location: '/b' })
    response.end(request.url)
  })
  assert.is(E.isRight(once) && Buffer.from(once.right.bytes).toString(), '/b')
  const round = await served(() => (_, response) => {
    count++
    response.writeHead(302, { location: '/a' })
    response.end()
  })
  assert.is(E.isLeft(round) && round.left.final, true)
  assert.is(count, 4)
})

test('credentials are shown where they are for, and not to whom that refers', async () => {
  const shown: (string | undefined)[] = []
  const store = await provider((request, response) => {
    shown.push(request.headers.authorization)
    response.end('file')
  })
  const result = await served(
    () => (request, response) => {
      shown.push(request.headers.authorization)
      const location = request.url === '/a' ? '/b' : `${store.origin}/c`
      response.writeHead(302, { location }).end()
    },
    { also: [store.origin], headers: { authorization: 'Bearer T' } },
  )
  await store.close()
  assert.ok(E.isRight(result), JSON.stringify(result))
  assert.equal(shown, ['Bearer T', 'Bearer T', undefined])
})

test('a file that is larger than it may be is not read to its end', async () => {
  const announced = await served(() => (_, response) => {
    response.writeHead(200, { 'content-length': '1000000' })
    response.end('x'.repeat(1_000_000))
  })
  assert.equal(announced, E.left({ final: true, reason: 'The file is larger than 100 bytes.' }))
  let written = 0
  const endless = await served(() => (_, response) => {
    const more = () => {
      if (response.destroyed || written > 50_000_000) return
      written += 10_000
      response.write('x'.repeat(10_000), () => setImmediate(more))
    }
    more()
  })
  assert.is(E.isLeft(endless) && endless.left.final, true)
  assert.ok(written < 50_000_000)
})

test('the hash is checked in either notation', async () => {
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  const abc = () => (_: unknown, response: { end(text: string): void }) => response.end('abc')
  const base64 = Buffer.from(hash, 'hex').toString('base64')
  for (const sha256 of [hash, hash.toUpperCase(), base64])
    assert.ok(E.isRight(await served(abc, { sha256 })), sha256)
  const wrong = await served(abc, { sha256: hash.replace('b', 'c') })
  assert.is(E.isLeft(wrong) && wrong.left.final, false)
  assert.ok(E.isRight(await served(abc, { sha256: 'no hash at all' })), 'what is no hash is not compared')
})

test('a host that says no may say yes to a new address; one that is silent is left', async () => {
  const refused = await served(() => (_, response) => {
    response.statusCode = 404
    response.end()
  })
  assert.is(E.isLeft(refused) && refused.left.final, false)
  const silent = await served(() => () => undefined, { timeout: 200 })
  assert.equal(silent, E.left({ final: false, reason: 'The file did not come within 200 ms.' }))
})

test.run()
