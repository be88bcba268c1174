import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { virtualClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { answerOf, visitorOf } from '../test/client.js'
import { memoryHost } from '../test/host.js'
import { loopback } from '../test/server.js'
import { webchat } from './adapter.js'
import { folderBlobStore } from './blob-store.js'

const test = suite('webchat attachments')

const folder = await mkdtemp(join(tmpdir(), 'ramal-webchat-'))
const clock = virtualClock(1_700_000_000_000)
const engine = memoryHost(clock)
const stored = new Map([['sha256:00ff;image/png', new Blob(['of the engine'], { type: 'image/png' })]])
const host = { ...engine.host, media: async (location: string) => stored.get(location) }
const adapter = webchat({
  widgets: [{ id: 'site', origins: ['https://shop.example'] }],
  secrets: ['a secret that is long enough to sign with'],
  attachments: folderBlobStore(folder),
  maxAttachment: 100_000,
})
const server = await loopback(adapter, host)
test.after(async () => {
  await server.cut()
  await rm(folder, { recursive: true })
})

const { post, open, poll } = visitorOf(server.base)
const hour = 60 * 60 * 1000

test('a file is stored, sent, and served to whoever has its signed address, until that expires', async () => {
  const { token } = await open()
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const uploaded = await post(`/attachments?name=${encodeURIComponent('../../my "cat".html')}`, png, token)
  assert.is(uploaded.status, 201)
  const { attachment, ...about } = await answerOf(uploaded)
  assert.equal(about, { name: 'my cat.html', mimeType: 'image/png', bytes: 16 })
  assert.is((await post('/messages', { clientMsgId: 'with-a-file', attachment }, token)).status, 201)
  const { content } = (await poll(token)).events[0]!.item
  assert.is(content.media, 'image')
  assert.is(content.reference, undefined)
  const file = await fetch(`${server.base}/${content.url}`)
  assert.equal(Buffer.from(await file.arrayBuffer()), png)
  assert.is(file.headers.get('content-type'), 'image/png')
  assert.is(file.headers.get('x-content-type-options'), 'nosniff')
  assert.match(file.headers.get('content-disposition')!, /^inline; filename\*=UTF-8''my%20cat\.html$/)
  const ranged = (range: string) => fetch(`${server.base}/${content.url}`, { headers: { range } })
  const part = await ranged('bytes=1-3')
  assert.equal(
    [part.status, part.headers.get('content-range'), await part.text()],
    [206, 'bytes 1-3/16', 'PNG'],
  )
  assert.is((await ranged('bytes=16-')).status, 416)
  assert.is((await fetch(`${server.base}/${content.url.replace('expires=1', 'expires=2')}`)).status, 403)
  await clock.advanceTo(clock.now() + hour)
  assert.is((await fetch(`${server.base}/${content.url}`)).status, 403)

  const stranger = await open()
  const stolen = await post('/messages', { clientMsgId: 'not-my-file', attachment }, stranger.token)
  assert.is(stolen.status, 404)
  const fetched = await adapter.fetchMedia!({ endpoint: 'site', reference: attachment })()
  assert.is(fetched._tag === 'Right' && fetched.right.filename, 'my cat.html')
})

test('a file is taken for what its bytes are; programs and too large ones are not taken', async () => {
  const { token } = await open()
  const html = await post('/attachments?name=a.png', '<script>alert(1)</script>', token, {
    'content-type': 'image/png',
  })
  assert.is((await answerOf(html)).mimeType, 'text/plain; charset=utf-8')
  assert.is((await post('/attachments', Buffer.from('4d5a90000300', 'hex'), token)).status, 415)
  assert.is((await post('/attachments', new Uint8Array(100_001), token)).status, 413)
  assert.is((await post('/attachments', new Uint8Array(0), token)).status, 415)
})

test('what an agent sends is uploaded first, and then served like any other file', async () => {
  const { token } = await open()
  await post('/messages', { clientMsgId: 'client-id-1', text: 'the invoice, please' }, token)
  const bytes = Buffer.from('%PDF-1.7 invoice')
  const file = { bytes, mimeType: 'application/pdf', sha256: 'of the bytes', filename: 'invoice.pdf' }
  const uploaded = await adapter.uploadMedia!('site', file)()
  assert.is(uploaded._tag, 'Right')
  const reference = uploaded._tag === 'Right' ? uploaded.right : ''
  const content = { kind: 'media', media: 'document', attachment: 'a1', reference } as const
  await engine.say('site', engine.seen.at(-1)!.peer[0]!, content)
  const { url } = (await poll(token)).events[1]!.item.content
  const served = await fetch(`${server.base}/${url}`)
  assert.is(await served.text(), '%PDF-1.7 invoice')
  assert.match(served.headers.get('content-disposition')!, /^attachment; /)
})

test('a file that the engine keeps is served from there, under a signed address only', async () => {
  const { token } = await open()
  await post('/messages', { clientMsgId: 'client-id-2', text: 'a picture, please' }, token)
  const reference = 'stored:sha256:00ff;image/png'
  const content = { kind: 'media', media: 'image', attachment: 'a2', reference } as const
  await engine.say('site', engine.seen.at(-1)!.peer[0]!, content)
  const { url } = (await poll(token)).events[1]!.item.content
  const served = await fetch(`${server.base}/${url}`)
  assert.equal([served.status, await served.text()], [200, 'of the engine'])
  assert.is(served.headers.get('content-type'), 'image/png')
  const unsigned = url.replace(/signature=.*/, 'signature=x')
  assert.is((await fetch(`${server.base}/${unsigned}`)).status, 403)
  stored.clear()
  assert.is((await fetch(`${server.base}/${url}`)).status, 410)
  assert.is((await fetch(`${server.base}/attachments/%E0%A4%A?expires=1&signature=x`)).status, 404)
})

test('a file that is erased is gone, and its address says so', async () => {
  const { token } = await open()
  const { attachment } = await answerOf(await post('/attachments?name=a.txt', 'about me', token))
  assert.is((await post('/messages', { clientMsgId: 'to-be-erased', attachment }, token)).status, 201)
  const { url } = (await poll(token)).events[0]!.item.content
  for (let n = 0; n < 2; n++) assert.is((await adapter.eraseMedia!(attachment)())._tag, 'Right')
  assert.is((await adapter.eraseMedia!('../../etc/passwd')())._tag, 'Right')
  assert.equal(
    (await readdir(folder)).filter((name) => name.startsWith(attachment)),
    [],
  )
  const gone = await fetch(`${server.base}/${url}`)
  assert.equal([gone.status, (await answerOf(gone)).error.code], [410, 'erased'])
  const fetched = await adapter.fetchMedia!({ endpoint: 'site', reference: attachment })()
  assert.ok(fetched._tag === 'Left' && fetched.left.final)
})

test('the folder has only whole files, and nothing outside it can be named', async () => {
  const store = folderBlobStore(folder)
  assert.equal(
    (await readdir(folder)).filter((name) => name.endsWith('.tmp')),
    [],
  )
  for (const id of ['../../../../etc/passwd', 'a/b', '', '.', 'x'.repeat(300), 'nul\0nul-nul-nul-nul'])
    assert.is(await store.get(id), undefined)
  const info = { name: 'x', mimeType: 'text/plain', bytes: 1, sha256: 'x', owner: 'x' }
  let refused: unknown
  await store.put('../escape-escape-escape', { info, bytes: Buffer.from('x') }).catch((e) => {
    refused = e
  })
  assert.instance(refused, RangeError)
})

test.run()
