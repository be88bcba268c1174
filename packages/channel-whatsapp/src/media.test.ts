import { createHash } from 'node:crypto'
import type { MediaFile, MediaReference } from '@ramal/channel'
import { type Behaviour, provider } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { whatsapp } from './adapter.js'

const NUMBER = '100200300'
const BYTES = Buffer.from('the bytes of a picture')
const HASH = createHash('sha256').update(BYTES).digest('base64')
const reference: MediaReference = { endpoint: NUMBER, reference: '77', sha256: HASH }

const withMeta = async (
  behaviour: (origin: () => string) => Behaviour,
  use: (adapter: ReturnType<typeof whatsapp>, seen: readonly string[]) => Promise<void>,
  more = {},
): Promise<void> => {
  const seen: string[] = []
  let origin = ''
  const server = await provider((request, response, body) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    behaviour(() => origin)(request, response, body)
  })
  origin = server.origin
  const adapter = whatsapp({
    appSecret: 's',
    verifyToken: 'v',
    accessToken: 'token-1',
    numbers: [{ id: NUMBER }],
    apiVersion: 'v1.0',
    baseUrl: origin,
    mediaHosts: [origin],
    timeout: 2_000,
    ...more,
  })
  try {
    await use(adapter, seen)
  } finally {
    await server.close()
  }
}

/** Says where the file is, and gives it. */
const serving =
  (file: Buffer, address?: string) =>
  (origin: () => string): Behaviour =>
  (request, response) => {
    if (request.url?.startsWith('/v1.0/'))
      return response.end(
        JSON.stringify({ url: address ?? `${origin()}/file`, mime_type: 'image/png', file_size: '22' }),
      )
    response.setHeader('content-type', 'image/png')
    response.end(file)
  }

const fetched = async (adapter: ReturnType<typeof whatsapp>, what = reference) => {
  const result = await adapter.fetchMedia?.(what)()
  if (!result) throw new Error('The adapter fetches nothing.')
  return result
}

const test = suite('files of WhatsApp')

test('a file is located, fetched with the token, and has the hash of the message', () =>
  withMeta(serving(BYTES), async (adapter, seen) => {
    const result = await fetched(adapter)
    assert.ok(E.isRight(result), JSON.stringify(result))
    assert.equal(Buffer.from(result.right.bytes), BYTES)
    assert.is(result.right.mimeType, 'image/png')
    assert.is(result.right.sha256, Buffer.from(HASH, 'base64').toString('hex'))
    assert.equal(seen, [`GET /v1.0/77?phone_number_id=${NUMBER} Bearer token-1`, 'GET /file Bearer token-1'])
  }))

test('a file that is another than the one sent is refused, not for ever', () =>
  withMeta(serving(Buffer.from('something else')), async (adapter) => {
    const result = await fetched(adapter)
    assert.is(E.isLeft(result) && result.left.final, false)
  }))

test('the token is shown to the hosts of files only', () =>
  withMeta(serving(BYTES, 'http://127.0.0.1:1/steal'), async (adapter, seen) => {
    const result = await fetched(adapter)
    assert.is(E.isLeft(result) && result.left.final, true)
    assert.match(E.isLeft(result) ? result.left.reason : '', 'not fetched from')
    assert.is(seen.length, 1)
  }))

test('a file larger than allowed is left where it is', () =>
  withMeta(
    serving(BYTES),
    async (adapter) => {
      const result = await fetched(adapter)
      assert.match(E.isLeft(result) ? result.left.reason : '', 'larger than 10 bytes')
    },
    { maxMediaBytes: 10 },
  ))

test('a file that is gone is gone, a refused token is not the end of a file', async () => {
  const refusing = (code: number) => () =>
    ((_, response) => {
      response.statusCode = code === 100 ? 400 : 401
      response.end(JSON.stringify({ error: { code, message: 'No' } }))
    }) satisfies Behaviour
  await withMeta(refusing(100), async (adapter) => {
    const result = await fetched(adapter)
    assert.is(E.isLeft(result) && result.left.final, true)
  })
  await withMeta(refusing(190), async (adapter) => {
    const result = await fetched(adapter)
    assert.is(E.isLeft(result) && result.left.final, false)
  })
})

test('an upload is a form whose file name ends as its type says', async () => {
  let form = ''
  await withMeta(
    () => (_, response, body) => {
      form = body.toString()
      response.end('{"id":"123"}')
    },
    async (adapter, seen) => {
      const file: MediaFile = { bytes: BYTES, mimeType: 'audio/ogg; codecs=opus', sha256: '' }
      assert.equal(await adapter.uploadMedia?.(NUMBER, file)(), E.right('123'))
      assert.equal(seen, [`POST /v1.0/${NUMBER}/media Bearer token-1`])
    },
  )
  assert.match(form, 'name="messaging_product"\r\n\r\nwhatsapp')
  assert.match(form, 'filename="file.ogg"')
  assert.match(form, BYTES.toString())
})

test.run()
