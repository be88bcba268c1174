import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'

const test = suite('README')

const root = fileURLToPath(new URL('..', import.meta.url))

test('its example runs, and prints what it says', async () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]
  assert.ok(example)
  const promised = /console\.log\(.*\) \/\/ (.*)\n/.exec(example)?.[1]
  assert.ok(promised)
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
  assert.equal(printed, [{ lit: true, times: 1 }])
  assert.is(promised, '{ lit: true, times: 1 }')
})

test.run()
