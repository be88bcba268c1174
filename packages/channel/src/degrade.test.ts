import { type Content, content } from '@ramal/conversation'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import type { Capabilities } from './capabilities.js'
import { choose, degrade, fitsMenu, splitText } from './degrade.js'

const sms: Capabilities = { maxText: 100 }
const chat: Capabilities = {
  maxText: 4000,
  maxCaption: 20,
  media: { image: { maxBytes: 1000 } },
  menu: { maxButtons: 3, maxOptions: 10, maxTitle: 20, maxListTitle: 24, maxDescription: 72, maxText: 1024 },
  location: true,
  contacts: true,
}

const menu = (count: number, more = {}): Extract<Content, { kind: 'menu' }> => ({
  kind: 'menu',
  text: 'Which order?',
  options: Array.from({ length: count }, (_, i) => ({ id: `o${i + 1}`, title: `Order ${i + 1}` })),
  ...more,
})

const test = suite('what an endpoint cannot show becomes something it can')

test('a menu stays one where it fits, else it is numbered text', () => {
  assert.equal(degrade(menu(3), chat), [menu(3)])
  assert.equal(degrade(menu(10), chat), [menu(10)])
  assert.equal(degrade(menu(2), sms), [{ kind: 'text', text: 'Which order?\n\n1. Order 1\n2. Order 2' }])
  assert.is(degrade(menu(11), chat)[0]?.kind, 'text')
  const long = menu(1, { options: [{ id: 'a', title: 'a title of 25 characters.' }] })
  assert.is(degrade(long, chat)[0]?.kind, 'text')
  assert.is(fitsMenu(menu(0), chat), false)
})

test('the answer to numbered text is the choice that it stands for', () => {
  const options = [
    { id: 'yes', title: 'Sim' },
    { id: 'no', title: 'Não' },
  ]
  const asked = menu(0, { options })
  const answers = ['2', ' 2. ', '(2)', 'nao', 'NÃO ', 'no']
  for (const answer of answers)
    assert.equal(choose(asked, answer), { kind: 'choice', id: 'no', title: 'Não' }, answer)
  for (const answer of ['3', '0', '2 or 1', '', 'perhaps'])
    assert.is(choose(asked, answer), undefined, answer)
  const numbered = menu(0, {
    options: [
      { id: 'a', title: '2' },
      { id: 'b', title: '1' },
    ],
  })
  assert.is(choose(numbered, '1')?.id, 'b', 'a title wins over a place')
})

test('a file that cannot be shown is its address', () => {
  const image = {
    kind: 'media',
    media: 'image',
    attachment: 'a',
    reference: 'https://x.example/1.png',
  } as const
  assert.equal(degrade(image, sms), [{ kind: 'text', text: 'https://x.example/1.png' }])
  assert.equal(degrade({ ...image, reference: '77', caption: 'mine' }, sms), [
    { kind: 'text', text: 'mine\n[image]' },
  ])
  assert.is(degrade({ ...image, bytes: 1001 }, chat)[0]?.kind, 'text')
  assert.equal(degrade({ ...image, caption: 'short' }, chat), [{ ...image, caption: 'short' }])
  const caption = 'longer than twenty characters'
  assert.equal(degrade({ ...image, caption }, chat), [image, { kind: 'text', text: caption }])
})

test('a file of a type that is not taken is its address, or is left to be refused', () => {
  const can: Capabilities = { ...chat, media: { audio: { maxBytes: 1000, mimeTypes: ['audio/ogg'] } } }
  const note = { kind: 'media', media: 'audio', attachment: 'a', mimeType: 'audio/ogg; codecs=opus' } as const
  assert.equal(degrade(note, can), [note])
  const webm = { ...note, mimeType: 'audio/webm', reference: 'https://x.example/1.webm' }
  assert.equal(degrade(webm, can), [{ kind: 'text', text: webm.reference }])
  assert.equal(degrade({ ...webm, reference: 'stored:1' }, can), [{ ...webm, reference: 'stored:1' }])
})

test('what is said beside a file that takes no caption comes after it', () => {
  const can: Capabilities = { ...chat, media: { audio: { maxBytes: 1000, caption: false } } }
  const note = { kind: 'media', media: 'audio', attachment: 'a', reference: '7' } as const
  assert.equal(degrade({ ...note, caption: 'hear' }, can), [note, { kind: 'text', text: 'hear' }])
})

test('a menu whose header is too long is text', () => {
  const can: Capabilities = { ...chat, menu: { ...chat.menu!, maxAround: 5 } }
  assert.ok(fitsMenu(menu(2, { header: 'Hello' }), can))
  assert.is(fitsMenu(menu(2, { footer: 'Good-bye' }), can), false)
})

test('where bytes are counted, a text is cut by bytes', () => {
  const can: Capabilities = { maxText: 100, maxTextBytes: 10 }
  assert.equal(degrade({ kind: 'text', text: 'ação não é' }, can), [
    { kind: 'text', text: 'ação' },
    { kind: 'text', text: 'não é' },
  ])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      for (const part of splitText(text, 20, 30))
        assert.ok(part.length <= 20 && Buffer.byteLength(part) <= 30)
    }),
  )
})

test('places and people become text', () => {
  const place = { kind: 'location', latitude: -23.5, longitude: -46.6, name: 'Sé' } as const
  assert.equal(degrade(place, sms), [{ kind: 'text', text: 'Sé\nhttps://maps.google.com/?q=-23.5,-46.6' }])
  assert.equal(degrade(place, chat), [place])
  const people: Content = {
    kind: 'contacts',
    contacts: [{ name: 'Ana', phones: ['1'], emails: ['a@x.example'] }],
  }
  assert.equal(degrade(people, sms), [{ kind: 'text', text: 'Ana, 1, a@x.example' }])
})

test('a long text is cut where it can be, and nothing of it is lost', () => {
  assert.equal(splitText('one two three', 8), ['one two', 'three'])
  assert.equal(splitText('the first\n\nsecond third', 15), ['the first', 'second third'])
  assert.equal(splitText('abcdefgh', 3), ['abc', 'def', 'gh'])
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.integer({ min: 2, max: 40 }),
      (text, max) => {
        const parts = splitText(text, max)
        const bare = (s: string) => s.replaceAll(/\s/gu, '')
        assert.ok(parts.every((part) => part.length <= max && part.isWellFormed()) || !text.isWellFormed())
        assert.is(bare(parts.join('')), bare(text))
      },
    ),
  )
})

test('whatever becomes of a content is a content', () => {
  const drawn = fc.record({
    text: fc.string({ minLength: 1, maxLength: 400 }),
    options: fc.array(
      fc.record({ id: fc.string({ minLength: 1 }), title: fc.string({ minLength: 1, maxLength: 90 }) }),
      {
        maxLength: 14,
      },
    ),
  })
  fc.assert(
    fc.property(drawn, fc.constantFrom(sms, chat), ({ text, options }, can) => {
      for (const result of degrade({ kind: 'menu', text, options }, can)) {
        assert.ok(E.isRight(content.decode(result)))
        if (result.kind === 'text') assert.ok(result.text.length <= can.maxText)
        else assert.ok(result.kind === 'menu' && fitsMenu(result, can))
      }
    }),
  )
})

test.run()
