import { verifyPasses } from '@ramal/router'
import { openStore } from './open-store.js'

export interface VerifyLogOptions {
  readonly url: string
  readonly print: (line: string) => void
}

/** Decides every pass of a log again. Says whether all came out the same. */
export const verifyLog = async ({ url, print }: VerifyLogOptions): Promise<boolean> => {
  const store = await openStore(url, { readOnly: true })
  try {
    const { passes, decisions, events, differences } = await verifyPasses(store)
    for (const { pass, what, recorded, decidedAgain } of differences)
      print(`${pass}: another ${what}\n  recorded      ${recorded}\n  decided again ${decidedAgain}`)
    print(`${events} events, ${passes} passes, ${decisions} decisions: ${differences.length} differ`)
    return differences.length === 0
  } finally {
    await store.close()
  }
}
