import type { Instant } from '@ramal/core'
import { explainOffer, stateAt } from '@ramal/router'
import { explainInWords, explainWait, explainWaitInWords } from '@ramal/routing'
import { isSome, toUndefined } from 'fp-ts/lib/Option.js'
import { openStore } from './open-store.js'

export interface ExplainLogOptions {
  readonly url: string
  readonly conversation: string
  /** Default: what led to an agent last. */
  readonly offer?: string | undefined
  /** The moment as of which a wait is explained, in ms since 1970. */
  readonly at: Instant
  readonly json: boolean
  readonly print: (line: string) => void
}

/**
 * Says why a conversation came to whom it came to, and, where it waits, why and what would free it. Resolves to
 * whether there is anything to explain.
 */
export const explainLog = async ({
  url,
  conversation,
  offer,
  at,
  json,
  print,
}: ExplainLogOptions): Promise<boolean> => {
  const store = await openStore(url, { readOnly: true })
  try {
    const decision = await explainOffer(store, conversation, offer)
    const state = await stateAt(store, await store.head())
    const wait = offer === undefined ? explainWait(state, conversation, at) : undefined
    if (json) print(JSON.stringify({ decision: toUndefined(decision), wait }, null, 2))
    else {
      if (isSome(decision)) for (const line of explainInWords(decision.value)) print(line)
      if (wait) for (const line of explainWaitInWords(wait, at)) print(line)
    }
    if (isSome(decision) || wait) return true
    const what =
      offer === undefined ? 'it was never offered, and nobody waits in it' : `it has no offer ${offer}`
    if (!json) print(`Nothing is known of conversation ${conversation}: ${what}.`)
    return false
  } finally {
    await store.close()
  }
}
