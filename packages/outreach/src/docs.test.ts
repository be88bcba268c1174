import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { PURPOSE_DEFAULTS, plainWords, RULES, sendingRulesFrom, sendingRulesSchema } from './index.js'

const test = suite('what the pages say of sending rules')

const root = fileURLToPath(new URL('..', import.meta.url))
const reference = readFileSync(join(root, '../../docs/reference/sending-rules.md'), 'utf8')

test('every rule has its row, in the order in which they are asked', () => {
  const rows = [...reference.matchAll(/^\| `([A-Za-z.]+)` \| (?:refuses|puts off)/gm)].map(([, name]) => name)
  assert.equal(rows, [...RULES])
})

test('the defaults of purposes are those of the code', () => {
  for (const [purpose, { consent, quietHours, validFor }] of Object.entries(PURPOSE_DEFAULTS))
    assert.ok(
      reference.includes(
        `| \`${purpose}\` | \`${consent}\` | ${quietHours ? 'yes' : 'no'} | ${validFor / 3_600_000} h |`,
      ),
      `${purpose} is another in the reference`,
    )
})

test('the schema is that of the code', () => {
  const written = readFileSync(join(root, '../../docs/reference/sending-rules.schema.json'), 'utf8')
  assert.equal(JSON.parse(written), JSON.parse(JSON.stringify(sendingRulesSchema())))
})

test('the words that it names are words', () => {
  const lists = sendingRulesFrom({}).keywords('sms')
  for (const [, list = '', words = ''] of reference.matchAll(
    /^\| `(stop|ambiguous|start)` \| ([A-Z ·,]+) \|$/gm,
  ))
    for (const word of words.split(/[,·]/).map((one) => one.trim()))
      assert.ok(
        lists[list as 'stop'].some((one) => plainWords(one) === plainWords(word)),
        `${word} is not among ${list}`,
      )
})

test('the example of the README runs, and prints what it says', async () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  assert.ok(example)
  // Inside the package, so that it finds what the package depends on, and the package by its name.
  const folder = mkdtempSync(join(root, 'dist', 'readme-'))
  const printed: unknown[] = []
  const { log } = console
  try {
    const file = join(folder, 'example.mts')
    writeFileSync(file, example)
    console.log = (value: unknown) => printed.push(value)
    await import(pathToFileURL(file).href)
  } finally {
    console.log = log
    rmSync(folder, { recursive: true })
  }
  assert.equal(printed, ['consent.missing'])
})

test.run()
