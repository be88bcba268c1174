import { readFile } from 'node:fs/promises'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { DAY, defaultDefinition, define, definitionHash, parseDefinition } from './definition.js'
import { factTypes } from './events.js'
import { historyOf, unitsOf } from './fcr.js'
import { presets } from './presets.js'

const test = suite('definition')

test('what a file does not name is as in the default', () => {
  assert.equal(parseDefinition({ window: DAY }), E.right(define({ window: DAY })))
  assert.equal(parseDefinition({}), E.right(defaultDefinition))
})

test('every preset passes its own schema, through JSON', () => {
  const hashes = new Map<string, string[]>()
  for (const [name, { definition, source }] of Object.entries(presets)) {
    assert.equal(parseDefinition(JSON.parse(JSON.stringify(definition))), E.right(definition), name)
    assert.ok(source.length > 5)
    const hash = definitionHash(definition)
    hashes.set(hash, [...(hashes.get(hash) ?? []), name])
  }
  // Three sources agree with the default; every other preset is a definition of its own.
  const shared = [...hashes.values()].filter((names) => names.length > 1)
  assert.equal(shared, [['default', 'cleveland7Days', 'callCentreHelper']])
})

test('the reference lists every preset, with its source and its window', async () => {
  const page = await readFile(new URL('../../../docs/reference/fcr-definitions.md', import.meta.url), 'utf8')
  for (const [name, { source, definition }] of Object.entries(presets)) {
    const part = page.split(`### \`${name}\``)[1]?.split('\n### ')[0] ?? ''
    assert.ok(part.includes(source), `${name}: its source is missing`)
    if (definition.window !== defaultDefinition.window)
      assert.ok(part.includes(`\`window\` ${definition.window / DAY} d`), `${name}: its window is missing`)
  }
})

test('a mistake is refused with its place', () => {
  const faults = (input: unknown) => {
    const parsed = parseDefinition(input)
    return E.isLeft(parsed) ? parsed.left.faults : []
  }
  assert.match(faults({ windw: 1 })[0]!, /windw: there is no such knob/)
  assert.match(faults({ window: '7d' })[0]!, /window: expected an integer from 0, found "7d"/)
  assert.match(faults({ unit: 'call' })[0]!, /unit: expected "episode" \| "contact", found "call"/)
  assert.is(faults([]).length, 1)
})

test('equal definitions have one hash, others another', () => {
  const { window, ...rest } = define()
  assert.is(definitionHash({ ...rest, window }), definitionHash(defaultDefinition))
  assert.is.not(definitionHash(define({ window: DAY })), definitionHash(defaultDefinition))
})

test('messages are read only where replies are counted', () => {
  assert.not(factTypes(defaultDefinition).includes('MessageReceived'))
  assert.ok(factTypes(define({ maxCustomerReplies: 0 })).includes('MessageReceived'))
  assert.ok(factTypes().includes('SendRequested'))
})

test('business time needs business hours', () => {
  const question = { definition: define({ clock: 'business' }), asOf: 0 }
  assert.throws(() => unitsOf(historyOf([]), question), /give the hours/)
})

test.run()
