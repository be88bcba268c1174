import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Recorded, START } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'

const test = suite('first day')
const folder = mkdtempSync(join(tmpdir(), 'ramal-first-day-test-'))
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Run {
  readonly code: number | null
  readonly output: string
}

/** Runs the demo; with `killAt` it is killed as soon as it has printed so many lines. */
const run = (log: string, killAt = Number.POSITIVE_INFINITY): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [main, '--log', log], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (output.split('\n').length > killAt) child.kill('SIGKILL')
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('close', (code) => resolve({ code, output }))
  })

const readAll = async (log: string): Promise<readonly Recorded[]> => {
  const store = await sqliteStore(log, { readOnly: true })
  const events: Recorded[] = []
  for await (const page of store.readAll({ after: START })) events.push(...page.events)
  await store.close()
  return events
}

test(
  'keeps its promises, and says so',
  async () => {
    const { code, output } = await run(join(folder, 'whole.db'))
    assert.is(code, 0, output)
    assert.not.match(output, /BROKEN/)
    assert.match(output, /0 differ/)
    assert.match(output, /forges a webhook \(403\)/)
    assert.match(output, /First-contact resolution: 83\.3 % of 6/)
    assert.match(output, /Carla’s chat shows 4 messages/)
  },
  { timeout: 60_000 },
)

test(
  'the same seed gives the same log, byte for byte, over real HTTP and a real file',
  async () => {
    await run(join(folder, 'again.db'))
    const [one, two] = [await readAll(join(folder, 'whole.db')), await readAll(join(folder, 'again.db'))]
    assert.ok(one.length > 100)
    assert.is(JSON.stringify(two), JSON.stringify(one))
  },
  { timeout: 60_000 },
)

test(
  'killed at any moment and started again, it loses no acknowledged message and no decision',
  async () => {
    // Lines of the day: while agents sign in, between offers, within an answer, on the other day.
    for (const line of [4, 9, 14, 21, 29, 37, 41]) {
      const log = join(folder, `killed-${line}.db`)
      const killed = await run(log, line)
      assert.is(killed.code, null, `it was not killed at line ${line}`)
      const before = await readAll(log)
      const { code, output } = await run(log)
      assert.is(code, 0, `killed at line ${line}:\n${output}`)
      // What was in the log stays as it was; it only grows.
      const after = await readAll(log)
      assert.is(JSON.stringify(after.slice(0, before.length)), JSON.stringify(before))
    }
  },
  { timeout: 180_000 },
)

test.after(() => rmSync(folder, { recursive: true, force: true }))
test.run()
