import { parseArgs } from 'node:util'
import { systemClock } from '@ramal/core'
import { lintFile, previewFile } from './check-policy.js'
import { explainLog } from './explain-log.js'
import { verifyLog } from './verify-log.js'
import { verifyStore } from './verify-store.js'

export const HELP = `ramal: the command of the routing engine

  ramal lint POLICY [--agents AGENTS] [--channels NAME,NAME] [--json]
      Says what is wrong with a policy: what can never happen, what nobody can serve, what has no effect.
  ramal preview POLICY --ticket TICKET [--agents AGENTS] [--at TIME] [--json]
      Says what a policy makes of a ticket as long as nobody takes it, and who could take it when.
  ramal verify-store URL [--quick] [--seed N] [--into-this-log]
      Runs the contract of stores against a store, with files or a schema of its own.
  ramal verify URL
      Decides every pass of a log again and says what comes out otherwise.
  ramal explain URL --conversation ID [--offer ID] [--at TIME] [--json]
      Says why a conversation went to whom it went, and to nobody else; and while it waits, why, and what would free it.

  POLICY, AGENTS: JSON files. TICKET: a JSON file, or JSON such as '{"channel":"webchat"}'. TIME: 2026-12-24T18:00:00Z
  URL: a file (SQLite), postgres://user:password@host/database, kurrentdb://host:2113?tls=false, memory:`

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      agents: { type: 'string' },
      channels: { type: 'string' },
      ticket: { type: 'string' },
      conversation: { type: 'string' },
      offer: { type: 'string' },
      at: { type: 'string' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      seed: { type: 'string' },
      'into-this-log': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })

type Values = ReturnType<typeof parse>['values']

/** A command, run on what its first argument names. Resolves to whether all is as it should be. */
type Command = (subject: string, values: Values, print: (line: string) => void) => Promise<boolean>

/** What was asked for is not understood. */
class Misunderstood extends Error {}

const numberOf = (option: string, text: string, value: number): number => {
  if (Number.isSafeInteger(value)) return value
  throw new Misunderstood(`--${option} ${text}: it is not understood.`)
}

const momentOf = (at: string | undefined): number =>
  at === undefined ? systemClock.now() : numberOf('at', at, Date.parse(at))

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'lint',
    (policy, { agents, channels, json }, print) =>
      lintFile({ policy, agents, channels: channels?.split(',').filter((name) => name !== ''), json, print }),
  ],
  [
    'preview',
    (policy, { agents, ticket, at, json }, print) => {
      if (ticket === undefined) throw new Misunderstood('Say which ticket, with --ticket.')
      return previewFile({ policy, agents, ticket, at: momentOf(at), json, print })
    },
  ],
  [
    'explain',
    (url, { conversation, offer, at, json }, print) => {
      if (conversation === undefined) throw new Misunderstood('Say which conversation, with --conversation.')
      return explainLog({ url, conversation, offer, at: momentOf(at), json, print })
    },
  ],
  ['verify', (url, _, print) => verifyLog({ url, print })],
  [
    'verify-store',
    (url, { quick, seed, 'into-this-log': intoThisLog }, print) =>
      verifyStore({
        url,
        print,
        quick,
        intoThisLog,
        ...(seed === undefined ? {} : { seed: numberOf('seed', seed, Number(seed)) }),
      }),
  ],
])

/** Runs a command line. Resolves to the exit code: 0 as it should be, 1 not so, 2 not understood. */
export const run = async (args: readonly string[], print: (line: string) => void): Promise<number> => {
  try {
    const { values, positionals } = parse(args)
    const [name = '', subject, ...rest] = positionals
    if (values.help) {
      print(HELP)
      return 0
    }
    const command = COMMANDS.get(name)
    if (!command)
      throw new Misunderstood(
        name === ''
          ? 'Say which command.'
          : `There is no command ${name}; there are ${[...COMMANDS.keys()].join(', ')}.`,
      )
    if (subject === undefined) throw new Misunderstood(`Say what to ${name}, after it.`)
    if (rest.length > 0)
      throw new Misunderstood(
        `${rest.join(' ')}: ${name} takes one thing; what more it is to know goes by options.`,
      )
    return (await command(subject, values, print)) ? 0 : 1
  } catch (error) {
    const misunderstood =
      error instanceof Misunderstood ||
      (error instanceof TypeError && String(Reflect.get(error, 'code')).startsWith('ERR_PARSE_ARGS'))
    const message = error instanceof Error ? error.message : String(error)
    print(misunderstood ? `${message}\n\n${HELP}` : message)
    return misunderstood || error instanceof RangeError ? 2 : 1
  }
}
