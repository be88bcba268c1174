/**
 * Runs test files, each in a process of its own, and adds up what they print. A file that prints no totals, that
 * does not end in time or that ends with an error counts as one failed test more.
 *
 *     node packages/testing/dist/run.js [folder or file ...]
 */
import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'

const FILE_TIMEOUT = 240_000

interface Result {
  readonly file: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly ms: number
  readonly output: string
}

const testFiles = (path: string): string[] => {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) return []
    const inner = join(path, entry.name)
    return entry.isDirectory() ? testFiles(inner) : entry.name.endsWith('.test.ts') ? [inner] : []
  })
}

const count = (output: string, label: string): number =>
  [...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)\\s*$`, 'gm'))].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  )

// Colours would stand between the label and the number.
const plain = (text: string): string =>
  text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')

const runFile = (file: string): Promise<Result> =>
  new Promise((resolve) => {
    const start = process.hrtime.bigint()
    const child = spawn(process.execPath, ['--enable-source-maps', '--import', 'tsx', file], {
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let late = false
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, FILE_TIMEOUT)
    child.on('close', (code) => {
      clearTimeout(timer)
      const text = plain(output)
      const total = count(text, 'Total')
      const passed = count(text, 'Passed')
      const skipped = count(text, 'Skipped')
      // uvu's total leaves the skipped tests out.
      let failed = total - passed
      if (late) output += `\n${file} did not end within ${FILE_TIMEOUT / 1000} s and was stopped.\n`
      else if (!/^\s*Total:/m.test(text)) output += `\n${file} printed no totals.\n`
      if (late || !/^\s*Total:/m.test(text) || (code !== 0 && failed === 0)) failed += 1
      const ms = Number((process.hrtime.bigint() - start) / 1_000_000n)
      resolve({ file, passed, failed, skipped, ms, output })
    })
  })

const roots = process.argv.slice(2)
const files = (roots.length > 0 ? roots : ['packages', 'examples', 'benchmarks'])
  .flatMap(testFiles)
  .sort((a, b) => a.localeCompare(b))
const results: Result[] = []
const queue = [...files]
const worker = async () => {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const result = await runFile(file)
    results.push(result)
    const mark = result.failed > 0 ? 'FAIL' : 'ok  '
    const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : ''
    console.log(
      `${mark} ${relative('.', file)}: ${result.passed} passed${skipped} (${(result.ms / 1000).toFixed(1)} s)`,
    )
    for (const line of result.output.split('\n')) if (line.startsWith('SKIPPED ')) console.log(`     ${line}`)
    if (result.failed > 0) console.log(result.output)
  }
}
await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, worker))

const sum = (pick: (r: Result) => number) => results.reduce((total, r) => total + pick(r), 0)
const failed = sum((r) => r.failed)
const passed = sum((r) => r.passed)
const skipped = sum((r) => r.skipped)
console.log(`\n${files.length} test files`)
for (const { file } of results.filter((r) => r.failed > 0)) console.log(`failed: ${relative('.', file)}`)
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
