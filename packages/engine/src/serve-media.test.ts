import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { fileResponse } from './serve-media.js'

const test = suite('files for a browser')

const blob = (text: string, type = 'image/png') => new Blob([text], { type })
const ask = (headers: Record<string, string>, method = 'GET') =>
  new Request('http://localhost/file', { method, headers })

test('what can hold a script is only bytes to be saved, whatever it says it is', () => {
  for (const mimeType of [
    ...['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/xml', 'application/javascript'],
    ...[
      'TEXT/HTML',
      'text/html; charset=utf-8',
      'image/png\r\nx-evil: 1',
      'nonsense',
      '',
      'image/svg+xml;x=y',
    ],
  ]) {
    const { headers } = fileResponse(blob('<script>alert(1)</script>', ''), {
      mimeType,
      sha256: 'a',
      filename: 'x.html',
    })
    assert.is(headers.get('content-type'), 'application/octet-stream', mimeType)
    assert.match(headers.get('content-disposition') ?? '', /^attachment; /)
    assert.is(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /sandbox/)
  }
  for (const mimeType of ['image/jpeg', 'audio/ogg; codecs=opus', 'video/mp4'])
    assert.match(fileResponse(blob('x'), { mimeType }).headers.get('content-disposition') ?? '', /^inline; /)
  assert.match(
    fileResponse(blob('x'), { mimeType: 'application/pdf' }).headers.get('content-disposition') ?? '',
    /^attachment; /,
  )
})

test('no name breaks a header, and none is a path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (filename) => {
      const disposition = fileResponse(blob('x'), { filename }).headers.get('content-disposition') ?? ''
      assert.match(disposition, /^inline; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/)
      const name = decodeURIComponent(disposition.split("''")[1]!)
      assert.not.match(name, /[/\\"\r\n]|^\./)
    }),
    { numRuns: 300 },
  )
})

test('parts of a file, as a player asks for them', async () => {
  const file = blob('0123456789')
  const part = async (range: string) => {
    const response = fileResponse(file, { sha256: 'a' }, ask({ range }))
    return [response.status, response.headers.get('content-range'), await response.text()]
  }
  assert.equal(await part('bytes=2-4'), [206, 'bytes 2-4/10', '234'])
  assert.equal(await part('bytes=7-'), [206, 'bytes 7-9/10', '789'])
  assert.equal(await part('bytes=-3'), [206, 'bytes 7-9/10', '789'])
  assert.equal(await part('bytes=5-99'), [206, 'bytes 5-9/10', '56789'])
  assert.is((await part('bytes=10-'))[0], 416)
  assert.is((await part('bytes=4-2'))[0], 416)
  for (const whole of ['bytes=-', 'pages=1-2', 'bytes=1-2,4-5']) assert.is((await part(whole))[0], 200)
})

test('what the browser has is not sent again, and HEAD sends nothing', async () => {
  const file = blob('0123456789')
  const known = fileResponse(file, { sha256: 'abc' }, ask({ 'if-none-match': '"abc"' }))
  assert.equal([known.status, await known.text()], [304, ''])
  assert.is(fileResponse(file, { sha256: 'abc' }, ask({ 'if-none-match': '"xyz"' })).status, 200)
  const head = fileResponse(file, {}, ask({}, 'HEAD'))
  assert.equal([head.status, head.headers.get('content-length'), await head.text()], [200, '10', ''])
})

test.run()
