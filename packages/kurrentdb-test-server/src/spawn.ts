import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface SpawnedServer {
  readonly connectionString: string
  /** Ends the process at once, as a crash would. Resolves when it is gone. */
  kill(): Promise<void>
}

const gone = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Starts a test server in a process of its own, whose log is in `file`. */
export const spawnTestServer = async (file: string, port?: number): Promise<SpawnedServer> => {
  const main = fileURLToPath(import.meta.resolve('@ramal/kurrentdb-test-server/main'))
  const child = spawn(
    process.execPath,
    [main, '--file', file, ...(port === undefined ? [] : ['--port', String(port)])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })
  const connectionString = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    child.once('exit', (code) => reject(new Error(`The test server ended with ${code} before it listened.`)))
  })
  return {
    connectionString,
    async kill() {
      child.kill('SIGKILL')
      await gone(child)
    },
  }
}
