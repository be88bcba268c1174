import { comparePositions } from '@ramal/core'
import { type Ingest, type IngestOptions, openReception } from './reception.js'

/**
 * Starts an engine that takes in and does nothing else: for processes beside the ones that route, send and count, on
 * one log. It asks for no policy and holds no state of the router. Of these there may be as many as there are
 * webhooks; somewhere on the log `startRamal` has to run, or nobody is ever offered what comes in.
 *
 * It takes no commands: `accept`, `reply`, `notify`, `agent`, `signIn` and their like, and the live views, are those of
 * an engine of `startRamal` on the same log, in whichever process that runs.
 * @throws OptionsError for rules or channels that cannot work, with what is wrong where
 */
export const startIngest = async (options: IngestOptions): Promise<Ingest> => {
  const reception = await openReception(options, async () => {})
  const { engine, gateway, late, ingest, ended: parts } = reception
  const { store, perThread, onTrouble } = engine
  const ended = Promise.all(parts).then(() => {})
  ended.catch(onTrouble)
  return {
    ...gateway,
    ingest,
    ended,
    async settled() {
      for (;;) {
        const head = await store.head()
        await perThread.idle()
        await late.settledAt(head)
        if (comparePositions(await store.head(), head) === 0) return
      }
    },
    async stop() {
      await reception.close()
      await Promise.all(parts)
    },
  }
}
