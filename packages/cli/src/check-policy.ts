import { type LintFacts, lintPolicy, previewInWords, previewSteps } from '@ramal/routing'
import { readAgents, readPolicy, readTicket } from './policy-files.js'

export interface LintFileOptions {
  readonly policy: string
  readonly agents?: string | undefined
  readonly channels?: readonly string[] | undefined
  readonly json: boolean
  readonly print: (line: string) => void
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** Says what is wrong with a policy. Resolves to whether nothing is worse than a warning. */
export const lintFile = async ({
  policy,
  agents,
  channels,
  json,
  print,
}: LintFileOptions): Promise<boolean> => {
  const facts: LintFacts = {
    ...(agents === undefined ? {} : { agents: await readAgents(agents) }),
    ...(channels === undefined ? {} : { channels }),
  }
  const findings = lintPolicy(await readPolicy(policy), facts)
  const errors = findings.filter(({ severity }) => severity === 'error').length
  if (json) print(JSON.stringify(findings, null, 2))
  else {
    for (const { severity, code, path, message } of findings)
      print(`${severity.padEnd(7)} ${code} ${path}: ${message}`)
    print(
      `${plural(findings.length, 'finding')}: ${plural(errors, 'error')}, ${plural(findings.length - errors, 'warning')}`,
    )
  }
  return errors === 0
}

export interface PreviewFileOptions {
  readonly policy: string
  readonly agents?: string | undefined
  readonly ticket: string
  /** The moment at which the ticket comes, in ms since 1970. */
  readonly at: number
  readonly json: boolean
  readonly print: (line: string) => void
}

/** Says what a policy makes of a ticket as long as nobody takes it. */
export const previewFile = async ({
  policy,
  agents,
  ticket,
  at,
  json,
  print,
}: PreviewFileOptions): Promise<true> => {
  const team = agents === undefined ? [] : await readAgents(agents)
  const steps = previewSteps(await readPolicy(policy), team, await readTicket(ticket), at)
  if (json) print(JSON.stringify(steps, null, 2))
  else for (const line of previewInWords(steps)) print(line)
  return true
}
