import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { recogniseKeyword, sendingRulesFrom } from './index.js'

const test = suite('keywords')
const words = sendingRulesFrom({}).keywords('sms')
const kindOf = (text: string): string => {
  const found = recogniseKeyword(words, text)
  return found ? `${found.kind}${found.ambiguous ? '?' : ''}` : '-'
}

test('words in three languages, however they are written', () => {
  const table: readonly (readonly [string, string])[] = [
    ['STOP', 'stop'],
    [' stop. ', 'stop'],
    ['Unsubscribe!', 'stop'],
    ['opt-out', 'stop'],
    ['PARE', 'stop'],
    ['Pare!!!', 'stop'],
    ['parar', 'stop'],
    ['*PARAR*', 'stop'],
    ['Sair da lista', 'stop'],
    ['NÃO QUERO RECEBER', 'stop'],
    ['nao quero receber', 'stop'],
    ['BAJA', 'stop'],
    ['Dar de  baja', 'stop'],
    ['Cancelar suscripción', 'stop'],
    ['SAIR', 'stop?'],
    ['cancelar', 'stop?'],
    ['ALTO', 'stop?'],
    ['Cancel', 'stop?'],
    ['START', 'start'],
    ['voltar', 'start'],
    ['Alta', 'start'],
    ['HELP', '-'],
    ['AJUDA', '-'],
    ['', '-'],
    ['!!!', '-'],
    ['please stop', '-'],
    ['non-stop', '-'],
    ['quero cancelar meu pedido', '-'],
    ['bus stop', '-'],
    ['não', '-'],
  ]
  for (const [text, kind] of table) assert.is(kindOf(text), kind, text)
})

test('what is more than a keyword is none', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...words.stop, ...words.start),
      fc.stringMatching(/^[a-z]{1,12}$/),
      (word, more) => {
        const all = new Set(
          [...words.stop, ...words.ambiguous, ...words.start].map((one) => one.toLowerCase()),
        )
        fc.pre(!all.has(`${word} ${more}`.toLowerCase()) && !all.has(`${more} ${word}`.toLowerCase()))
        assert.is(kindOf(`${word} ${more}`), '-')
        assert.is(kindOf(`${more} ${word}`), '-')
      },
    ),
  )
})

test('total: any text, in time in proportion to a keyword', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) =>
      ['-', 'stop', 'stop?', 'start'].includes(kindOf(text)),
    ),
  )
  assert.is(kindOf('stop '.repeat(1_000_000)), '-')
})

test('a channel may have words of its own', () => {
  const rules = sendingRulesFrom({ keywords: { stop: ['BASTA'] }, keywordsOn: { sms: { start: ['OI'] } } })
  assert.is(recogniseKeyword(rules.keywords('whatsapp'), 'basta')?.kind, 'stop')
  assert.is(recogniseKeyword(rules.keywords('whatsapp'), 'stop'), undefined)
  assert.is(recogniseKeyword(rules.keywords('sms'), 'oi')?.kind, 'start')
  assert.is(recogniseKeyword(rules.keywords('sms'), 'basta')?.kind, 'stop')
  assert.is(recogniseKeyword(rules.keywords('whatsapp'), 'oi'), undefined)
  assert.is(recogniseKeyword(rules.keywords('webchat'), 'basta'), undefined, 'a site is left by closing it')
})

test.run()
