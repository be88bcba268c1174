/**
 * Runs the benches, each in a process of its own, and prints their figures.
 *
 *     node benchmarks/dist/main.js [name ...] [--quick] [--json]
 *
 * Ends with 1 when a bench broke or missed a goal, with 2 for a name or an option that there is not.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { benches } from './benches.js'
import type { FigureLine } from './harness.js'
import { HEAD, rowOf } from './report.js'

/** What the process of a bench tells. */
export type Message = { readonly about: string } | { readonly line: FigureLine } | { readonly done: true }

const QUICK_LIMIT = 45_000
const FULL_LIMIT = 15 * 60_000

const readArguments = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nOptions are --quick and --json.`)
    process.exit(2)
  }
}

const { positionals, values } = readArguments()
const { quick, json } = values
const known = Object.keys(benches)
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
  process.exit(2)
}

const say = (text: string) => {
  if (!json) console.log(text)
}

const listen = (child: ChildProcess, name: string, onFigure: (line: FigureLine) => void): Promise<string> =>
  new Promise((resolve) => {
    const limit = quick ? QUICK_LIMIT : FULL_LIMIT
    let done = false
    let late = false
    const timer = setTimeout(() => {
      late = true
      // The whole group: a bench may have started a server.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, limit)
    child.on('message', (message: Message) => {
      if ('about' in message) say(`\n${name}\n  ${message.about}\n${HEAD}`)
      else if ('line' in message) onFigure(message.line)
      else done = true
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (late) resolve(`did not end within ${limit / 1000} s and was stopped`)
      else if (!done) resolve(`broke (${signal ?? `exit code ${code}`}); its error stands above`)
      else resolve('')
    })
  })

const one = fileURLToPath(new URL('./one.js', import.meta.url))
const start = (name: string): ChildProcess =>
  // In JSON mode whatever a bench prints goes to standard error: standard output is figures only.
  fork(one, [name, quick ? 'quick' : 'full'], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', json ? 2 : 1, 2, 'ipc'],
    detached: true,
  })

say(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ` +
    `load ${loadavg()[0]?.toFixed(1)}${quick ? '; quick: small data, few rounds' : ''}. ` +
    'Numbers move with the machine; ratios hold.',
)
const broken: string[] = []
let missed = 0
for (const name of positionals.length > 0 ? positionals : known) {
  const fault = await listen(start(name), name, (line) => {
    if (line.ok === false) missed++
    console.log(json ? JSON.stringify(line) : rowOf(line))
  })
  if (fault) broken.push(`${name} ${fault}.`)
}
if (missed > 0) say(`\n${missed} goals missed.`)
for (const fault of broken) console.error(fault)
process.exitCode = broken.length > 0 || missed > 0 ? 1 : 0
