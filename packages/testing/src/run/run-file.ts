import { type ChildProcess, spawn } from 'node:child_process'
import { type Totals, totalsOf } from './totals.js'

export interface FileResult extends Totals {
  readonly file: string
  readonly ms: number
  readonly output: string
}

/** After a file has ended, so long may what it started still hold its output, in ms. */
const GRACE = 5_000

const running = new Set<ChildProcess>()

/** Each file leads a process group, so that what it started ends with it. */
const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The whole group has ended already.
  }
}

/** For when the runner itself is told to stop. */
export const stopAll = (): void => {
  for (const child of running) killGroup(child)
}

/**
 * Runs a test file in a process of its own. What is wrong with the file as a whole counts as one failed test more:
 * it did not end in `timeout` ms, left a process behind, printed no totals, or ended with an error though all passed.
 */
export const runFile = (file: string, timeout: number): Promise<FileResult> =>
  new Promise((resolve) => {
    const start = process.hrtime.bigint()
    const child = spawn(process.execPath, ['--enable-source-maps', '--import', 'tsx', file], {
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    running.add(child)
    const chunks: string[] = []
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
    const faults: string[] = []
    const timer = setTimeout(() => {
      faults.push(`did not end within ${timeout / 1000} s and was stopped`)
      killGroup(child)
    }, timeout)
    let grace: NodeJS.Timeout | undefined
    child.on('error', (error) => faults.push(`could not be started: ${error.message}`))
    child.on('exit', () => {
      clearTimeout(timer)
      grace = setTimeout(() => {
        faults.push('left a process behind, which was stopped')
        killGroup(child)
        // A process that left the group too can still hold the pipes: do not wait for it.
        child.stdout.destroy()
        child.stderr.destroy()
      }, GRACE)
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      clearTimeout(grace)
      running.delete(child)
      const output = chunks.join('')
      const totals = totalsOf(output)
      if (!totals && faults.length === 0) faults.push(`printed no totals (${signal ?? `exit code ${code}`})`)
      else if (totals?.failed === 0 && code !== 0 && faults.length === 0)
        faults.push(`passed all its tests and then ended with ${signal ?? `exit code ${code}`}`)
      resolve({
        file,
        passed: totals?.passed ?? 0,
        failed: (totals?.failed ?? 0) + (faults.length > 0 ? 1 : 0),
        skipped: totals?.skipped ?? 0,
        ms: Number((process.hrtime.bigint() - start) / 1_000_000n),
        output: [output.trimEnd(), ...faults.map((fault) => `${file} ${fault}.`)].join('\n'),
      })
    })
  })
