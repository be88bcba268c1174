import type { Instant } from '@ramal/core'
import type { SendFacts } from './facts.js'
import type { Check, Judgement } from './judge.js'

/** Why a message was sent, put off or refused: what each rule said, and the facts that it saw. */
export interface SendExplanation {
  readonly conversation: string
  readonly message: string
  /** When it was decided. */
  readonly at: Instant
  /** Name and hash of the rules that held then. */
  readonly rules: { readonly name: string; readonly hash: string }
  readonly facts: SendFacts
  readonly checks: readonly Check[]
  /** By the rules, on the log as it was. */
  readonly judgement: Judgement
  /** What the log says was done. Another than `judgement` only where engines with other rules wrote it. */
  readonly recorded: Judgement['verdict']
}

const SAID: Readonly<Record<Judgement['verdict'], string>> = {
  allowed: 'was sent',
  refused: 'was refused',
  deferred: 'was put off',
}

const MARK: Readonly<Record<Check['verdict'], string>> = {
  passes: 'passes',
  notAsked: 'does not apply',
  refuses: 'refuses',
  defers: 'puts it off',
}

/** In plain words, a line each. */
export const explainSendInWords = (e: SendExplanation): readonly string[] => {
  const { purpose, content, sender, channel, endpoint } = e.facts
  const why = e.judgement.verdict === 'allowed' ? 'every rule lets it pass' : `rule ${e.judgement.rule}`
  const words = [
    `Message ${e.message} ${SAID[e.recorded]}: ${e.recorded === e.judgement.verdict ? why : 'by other rules than those found in the log'}.`,
    `It was ${content === 'template' ? 'a template' : 'free text'} for ${purpose} from a ${sender} on ${channel}, endpoint ${endpoint}; rules "${e.rules.name}" (${e.rules.hash.slice(0, 8)}).`,
    ...e.checks.map(({ rule, verdict, detail }) => `${rule} ${MARK[verdict]}: ${detail}`),
  ]
  return 'retryAt' in e.judgement && e.judgement.retryAt !== undefined
    ? [
        ...words,
        `Not before ${new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' }).format(e.judgement.retryAt)} (UTC).`,
      ]
    : words
}
