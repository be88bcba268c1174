import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from './suite.js'

const test = suite('test runner')

const runner = fileURLToPath(new URL('./run.ts', import.meta.url))
const root = fileURLToPath(new URL('../../../', import.meta.url))
const head = `import { suite } from ${JSON.stringify(new URL('./suite.ts', import.meta.url).href)}
const test = suite('inner')
`

interface Ran {
  readonly code: number | null
  readonly output: string
  readonly last: string
}

/** Runs the runner over files in a folder of their own. */
const run = async (
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-runner-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    return await new Promise((resolve) => {
      const child = spawn(process.execPath, ['--import', 'tsx', runner, folder, ...args], {
        cwd: root,
        env: { ...process.env, CI: '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text) => {
          output += text
        })
      child.on('close', (code) => resolve({ code, output, last: output.trimEnd().split('\n').at(-1) ?? '' }))
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const slow = { timeout: 60_000 }

test(
  'adds up what passed, failed and was skipped, over files and folders',
  async () => {
    const { code, output, last } = await run({
      'a.test.ts': `${head}test('one', () => {})\ntest('two', () => {})\ntest.skip('three', () => {})\ntest.run()`,
      'deep/b.test.ts': `${head}test('four', () => { throw new Error('four is wrong') })\ntest('five', () => {})\ntest.run()`,
      'node_modules/c.test.ts': 'throw new Error()',
      'dist/d.test.ts': 'throw new Error()',
      'helper.ts': 'throw new Error()',
    })
    assert.is(last, '3 passed, 1 failed, 1 skipped')
    assert.is(code, 1)
    assert.match(output, /ok .*a\.test\.ts: 2 passed, 1 skipped \(\d+\.\d s\)\n {5}SKIPPED inner: three/)
    assert.match(output, /FAIL .*b\.test\.ts: 1 passed, 1 failed/)
    assert.match(output, /four is wrong/)
  },
  slow,
)

test(
  'a file that passes ends with 0, coloured or not, and a filter leaves others out',
  async () => {
    const total = String.raw`\x1b[32m  Total:     7\n  Passed:    7\n  Skipped:   0\x1b[39m`
    const { code, last } = await run(
      {
        'seven.test.ts': `console.log('  Total:     1\\n  Passed:    0\\n  Skipped:   0, says the code under test')\nconsole.log("${total}")`,
        'other.test.ts': 'process.exit(1)',
      },
      ['--filter', 'seven'],
    )
    assert.is(last, '7 passed, 0 failed')
    assert.is(code, 0)
  },
  slow,
)

test(
  'each fault of a file as a whole is one failed test more',
  async () => {
    const good = `${head}test('good', () => {})\ntest.run()\n`
    const { output, last } = await run(
      {
        'crash.test.ts': `${good}setTimeout(() => { throw new Error('afterwards') }, 300)`,
        'forgotten.test.ts': `${good}suite('never').skip('x', () => {})`,
        'hang.test.ts': `${good}setInterval(() => {}, 1000)`,
        'early.test.ts': `${head}test('good', () => {})\nprocess.exit(0)`,
        'orphan.test.ts': `${good}import { spawn } from 'node:child_process'\nspawn('sleep', ['120'], { stdio: 'inherit' }).unref()`,
        'syntax.test.ts': 'const const',
      },
      ['--timeout', '8'],
    )
    assert.is(last, '4 passed, 6 failed')
    for (const expected of [
      /crash\.test\.ts passed all its tests and then ended with exit code 1/,
      /The suite "never" was not run/,
      /hang\.test\.ts did not end within 8 s and was stopped/,
      /early\.test\.ts printed no totals \(exit code /,
      /orphan\.test\.ts left a process behind/,
      /syntax\.test\.ts printed no totals/,
    ])
      assert.match(output, expected)
  },
  slow,
)

test(
  'a test that hangs fails by itself; one that was left alone fails where CI is set',
  async () => {
    const hanging = `${head}test('hangs', () => new Promise(() => {}), { timeout: 100 })\ntest.run()`
    const { output, last } = await run({ 'a.test.ts': hanging })
    assert.match(output, /"hangs" did not end within 100 ms/)
    assert.is(last, '0 passed, 1 failed')
    const alone = `${head}test('a', () => {})\ntest.only('b', () => {})\ntest.run()`
    assert.is((await run({ 'a.test.ts': alone })).last, '1 passed, 0 failed, 1 skipped')
    assert.is((await run({ 'a.test.ts': alone }, [], { CI: 'true' })).last, '0 passed, 1 failed')
  },
  slow,
)

test(
  'no tests at all, and a folder that is not there, are no success',
  async () => {
    const { code, last } = await run({ 'a.ts': '' })
    assert.equal([code, last], [1, '0 passed, 0 failed'])
    const missing = await run({}, ['not-there'])
    assert.is(missing.code, 1)
    assert.match(missing.output, /There is no not-there/)
  },
  slow,
)

test.run()
