import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'

const test = suite('README of the PostgreSQL store')
const root = fileURLToPath(new URL('..', import.meta.url))

test(
  'its example runs, and prints what it says',
  async () => {
    const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''
    const promised = /console\.log\(.*\) \/\/ (.*)\n/.exec(example)?.[1]
    assert.ok(promised)
    const server = await startPostgres({ settings: { fsync: 'off' } })
    // Inside the package, so that it finds the package by its name.
    mkdirSync(join(root, 'dist'), { recursive: true })
    const folder = mkdtempSync(join(root, 'dist', 'readme-'))
    const printed: string[] = []
    const { log } = console
    try {
      process.env.DATABASE_URL = server.url()
      const file = join(folder, 'example.mts')
      writeFileSync(file, example)
      console.log = (...values: unknown[]) => printed.push(values.join(' '))
      await import(pathToFileURL(file).href)
    } finally {
      console.log = log
      rmSync(folder, { recursive: true })
      await server.remove()
    }
    assert.equal(printed, [promised])
  },
  { timeout: 40_000 },
)

test.run()
