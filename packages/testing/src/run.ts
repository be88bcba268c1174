/**
 * Runs test files, each in a process of its own, and adds up what they print.
 *
 *     node packages/testing/dist/run.js [folder or file ...] [--filter text] [--timeout seconds]
 *
 * Ends with 1 when a test failed or none passed. The last line is `N passed, N failed[, N skipped]`.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { type FileResult, runFile, stopAll } from './run/run-file.js'
import { testFiles } from './run/test-files.js'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only files whose path has this in it. */
    filter: { type: 'string', default: '' },
    /** Seconds that a file may take. */
    timeout: { type: 'string', default: '240' },
  },
})
const timeout = Number(values.timeout) * 1000
if (!(timeout > 0)) throw new RangeError(`--timeout ${values.timeout} is no number of seconds.`)

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    stopAll()
    process.kill(process.pid, signal)
  })

const report = ({ file, passed, failed, skipped, ms, output }: FileResult): void => {
  const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`
  console.log(
    `${failed > 0 ? 'FAIL' : 'ok  '} ${relative('.', file)}: ${counts} (${(ms / 1000).toFixed(1)} s)`,
  )
  if (failed > 0) console.log(output)
  else for (const line of output.split('\n')) if (line.startsWith('SKIPPED ')) console.log(`     ${line}`)
}

const roots = positionals.length > 0 ? positionals : ['packages', 'examples', 'benchmarks'].filter(existsSync)
const files = testFiles(roots).filter((file) => file.includes(values.filter))
const waiting = [...files]
const results: FileResult[] = []
const work = async (): Promise<void> => {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const result = await runFile(file, timeout)
    results.push(result)
    report(result)
  }
}
await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, work))

const sum = (key: 'passed' | 'failed' | 'skipped') =>
  results.reduce((total, result) => total + result[key], 0)
const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')]
console.log(`\n${files.length} test files`)
for (const { file } of results.filter((result) => result.failed > 0))
  console.log(`failed: ${relative('.', file)}`)
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
