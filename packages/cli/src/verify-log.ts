import { verifyPasses } from '@ramal/router'
import { openStore } from './open-store.js'

export interface VerifyLogOptions {
  readonly url: string
  readonly print: (line: string) => void
}

/** Decides every pass of a log again, and looks at every event. Says whether all came out the same, and nothing is broken. */
export const verifyLog = async ({ url, print }: VerifyLogOptions): Promise<boolean> => {
  const store = await openStore(url, { readOnly: true })
  try {
    const { passes, decisions, events, differences, broken } = await verifyPasses(store)
    for (const { pass, what, recorded, decidedAgain } of differences)
      print(`${pass}: another ${what}\n  recorded      ${recorded}\n  decided again ${decidedAgain}`)
    for (const { position, invariant, what } of broken) print(`${position}: ${invariant}: ${what}`)
    print(`${events} events, ${passes} passes, ${decisions} decisions: ${differences.length} differ`)
    if (broken.length > 0) print(`${broken.length} events break what must hold`)
    return differences.length === 0 && broken.length === 0
  } finally {
    await store.close()
  }
}
