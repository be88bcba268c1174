import { parseArgs } from 'node:util'
import { verifyLog } from './verify-log.js'
import { verifyStore } from './verify-store.js'

export const HELP = `ramal: the command of the routing engine

  ramal verify-store URL [--quick] [--seed N] [--into-this-log]
      Runs the contract of stores against a store, with files or a schema of its own.
  ramal verify URL
      Decides every pass of a log again and says what comes out otherwise.

  URL: a file (SQLite), postgres://user:password@host/database, kurrentdb://host:2113?tls=false, memory:`

/** Runs a command line. Resolves to the exit code: 0 kept, 1 broken, 2 not understood. */
export const run = async (args: readonly string[], print: (line: string) => void): Promise<number> => {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    print(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    return 2
  }
  const { values, positionals } = parsed
  const [command, url, ...rest] = positionals
  if (values.help) {
    print(HELP)
    return 0
  }
  const seed = values.seed === undefined ? undefined : Number(values.seed)
  const known = command === 'verify-store' || command === 'verify'
  if (!known || url === undefined || rest.length > 0 || (seed !== undefined && !Number.isSafeInteger(seed))) {
    print(HELP)
    return 2
  }
  try {
    const kept =
      command === 'verify'
        ? await verifyLog({ url, print })
        : await verifyStore({
            url,
            print,
            quick: values.quick,
            intoThisLog: values['into-this-log'],
            ...(seed === undefined ? {} : { seed }),
          })
    return kept ? 0 : 1
  } catch (error) {
    print(error instanceof Error ? error.message : String(error))
    return error instanceof RangeError ? 2 : 1
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string' },
      'into-this-log': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
