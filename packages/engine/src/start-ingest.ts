import type { ChannelAdapter } from '@ramal/channel'
import { freshId, systemClock } from '@ramal/core'
import { adaptersOf } from './context.js'
import { gateway } from './http.js'
import { openInbox } from './inbox.js'
import { checkParts, OptionsError } from './options-error.js'
import type { Ramal, RamalOptions } from './ramal.js'
import { warn } from './trouble.js'

/** What a door needs. All else is for the engines that read what it takes. */
export type IngestOptions = Pick<
  RamalOptions,
  'store' | 'channels' | 'clock' | 'tenant' | 'base' | 'newId' | 'onTrouble'
>

/**
 * A door: what channels report is verified, decoded and in the log once, and only then taken. It takes no commands; see
 * `startIngest`.
 */
export type Ingest = Pick<Ramal, 'handle' | 'listener' | 'ingest' | 'refusals' | 'settled' | 'stop'>

const TAKEN: ReadonlySet<string> = new Set<keyof IngestOptions>([
  ...(['store', 'channels', 'clock', 'tenant', 'base', 'newId', 'onTrouble'] as const),
])

const checkOptions = (options: IngestOptions): void => {
  checkParts(options)
  const others = Object.entries(options).filter(([name, value]) => value !== undefined && !TAKEN.has(name))
  if (others.length > 0)
    throw new OptionsError(
      `A door takes no ${others.map(([name]) => `"${name}"`).join(', ')}: it decides nothing; give that to startRamal.`,
    )
}

/** A channel that reads conversations, or holds a connection by which it also sends. */
const isMoreThanWebhooks = ({ handle, start }: ChannelAdapter): boolean =>
  handle !== undefined || start !== undefined

/**
 * Opens a door: for processes that take webhooks beside the ones that route, send and count, on one log. A door knows
 * nothing and remembers nothing. It writes what it is told into its inbox in the log, which engines of `startRamal`
 * read; so it is open at once, however long the log is, and stays open while they are restarted. Of doors there may be
 * as many as there are webhooks; without an engine of `startRamal` nobody is ever offered what comes in.
 *
 * It takes no commands: `accept`, `reply`, `notify`, `agent`, `signIn` and their like, and the live views, are those of
 * an engine of `startRamal` on the same log, in whichever process that runs.
 * @throws OptionsError for options or channels that cannot work, with what is wrong where
 */
export const startIngest = async (options: IngestOptions): Promise<Ingest> => {
  checkOptions(options)
  const {
    store,
    clock = systemClock,
    tenant = 'main',
    base = '',
    newId = freshId,
    onTrouble = warn,
  } = options
  const adapters = adaptersOf(options.channels ?? [])
  for (const adapter of adapters.all)
    if (isMoreThanWebhooks(adapter))
      throw new OptionsError(
        `Channel "${adapter.id}" is more than webhooks: it reads conversations or holds a connection; give it to startRamal.`,
      )
  const inbox = openInbox({ store, clock, tenant, newId })
  return {
    ...gateway({ clock, adapters, onTrouble }, base, inbox.take),
    ingest: inbox.take,
    settled: inbox.idle,
    stop: inbox.idle,
  }
}
