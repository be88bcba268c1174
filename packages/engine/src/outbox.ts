import { degrade, type SendFault, type SendReceipt } from '@ramal/channel'
import {
  type ConversationCommand,
  type ConversationEvent,
  conversationDecider,
  conversationEvents,
  summaryOf,
} from '@ramal/conversation'
import {
  type Fact,
  type Instant,
  idOf,
  type Position,
  type Recorded,
  START,
  StoreError,
  streamName,
} from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { contextOf, type EngineContext } from './context.js'
import { learnIdentifiers } from './customers.js'
import { ingest } from './ingest.js'
import { type Address, type Pending, pendingSends } from './pending.js'

export interface Outbox {
  /** Resolves when everything requested up to here, and due by now, has an outcome in the log. */
  settledAt(position: Position): Promise<void>
  readonly ended: Promise<void>
}

export interface OutboxOptions {
  /** Most times that a message which was certainly not sent is tried. Default 5. */
  readonly attempts?: number
  /** After so long without an outcome an attempt is uncertain, in ms. Default 60 s. */
  readonly doubtAfter?: number
  /** Most messages on their way to providers at a time. Default 32. */
  readonly concurrency?: number
}

const TYPES = [
  'ConversationOpened',
  'ConversationClosed',
  'SendRequested',
  'SendAttempted',
  'MessageSent',
  'SendRefused',
  'SendFailed',
  'SendUncertain',
  'DeliveryAdvanced',
]

/**
 * Hands the messages that were requested to their channels, each once. Before a provider is called that is
 * written down; an attempt without an outcome, such as after a crash, is uncertain and never made again. Of
 * several engines on one log, the one whose attempt is written sends.
 */
export const startOutbox = (
  engine: EngineContext,
  { attempts = 5, doubtAfter = 60_000, concurrency = 32 }: OutboxOptions,
  signal: AbortSignal,
): Outbox => {
  const { store, clock, directory, adapters, run, onTrouble } = engine
  const { addresses, messages: pending, fold } = pendingSends(attempts, doubtAfter)
  const working = new Map<string, Promise<void>>()
  const waiters = new Set<() => void>()
  let stopped = false
  let position: Position = START
  let poke = () => {}

  const decide = async (item: Pending, command: ConversationCommand) => {
    const stream = streamName('conversation', item.conversation)
    const commandId = `${command.type}/${item.message}/${item.attempts}`
    const result = await run(
      conversationDecider,
      stream,
      command,
      contextOf(engine, { commandId, actor: 'outbox' }),
    )
    if (E.isRight(result)) return result.right
    throw new StoreError(
      'unavailable',
      `What became of message ${item.message} cannot be written: ${result.left._tag}.`,
    )
  }

  /** Sends what the channel can show of it, part by part; the first fault ends it. */
  const callProvider = async (item: Pending, address: Address): Promise<E.Either<SendFault, SendReceipt>> => {
    const adapter = adapters.byEndpoint(address.channel, address.endpoint)
    const endpoint = adapter?.endpoints.find(({ id }) => id === address.endpoint)
    if (!adapter || !endpoint)
      return E.left({
        class: 'channel',
        reason: `no channel has the endpoint ${address.channel}/${address.endpoint}`,
      })
    const { message, sender, replyTo, tag } = item
    const parts = degrade(item.content, endpoint.capabilities)
    let receipt: SendReceipt | undefined
    for (const content of parts) {
      const one = { message, endpoint: endpoint.id, to: address.peer!, content, sender, replyTo, tag }
      const result = await adapter.send(one)()
      if (E.isRight(result)) receipt = result.right
      // What is half sent cannot be tried again as a whole.
      else
        return receipt
          ? E.left({
              ...result.left,
              class: 'uncertain',
              reason: `only a part was sent: ${result.left.reason}`,
            })
          : result
    }
    return receipt
      ? E.right({ ...receipt, parts: parts.length })
      : E.left({
          class: 'content',
          reason: `"${summaryOf(item.content)}" has nothing that this channel can show`,
        })
  }

  const outcomeOf = (item: Pending, result: E.Either<SendFault, SendReceipt>): ConversationCommand => {
    const { message } = item
    if (E.isRight(result)) {
      const { providerId, parts } = result.right
      return { type: 'confirmSent', message, providerId, parts }
    }
    const { class: kind, reason, code, retryAfter } = result.left
    if (kind === 'uncertain') return { type: 'doubtSend', message, reason }
    const retryAt = kind === 'retry' ? clock.now() + (retryAfter ?? 1000 * 2 ** item.attempts) : undefined
    return { type: 'failSend', message, reason, class: kind, code, retryAt }
  }

  /** What the provider reported before it was known which message it meant: now it is. */
  const settleOrphans = async (events: readonly Recorded[], at: Position): Promise<void> => {
    const sent = events.filter(({ type }) => type === 'MessageSent')
    if (sent.length === 0) return
    await directory.reached(at)
    for (const { stream, data } of sent) {
      const { message, providerId = '' } = data as { readonly message: string; readonly providerId?: string }
      const channel = addresses.get(idOf(stream))?.channel ?? ''
      const orphans = directory.orphans(channel, providerId)
      await ingest(
        engine,
        channel,
        orphans.map((orphan) => ({
          ...orphan,
          dedupeKey: `${orphan.dedupeKey}/known`,
          correlation: message,
        })),
      )
    }
  }

  const send = async (item: Pending): Promise<void> => {
    if (item.attemptedAt !== undefined) {
      await decide(item, { type: 'doubtSend', message: item.message, reason: 'the attempt has no outcome' })
      return
    }
    const address = addresses.get(item.conversation)
    if (!address?.peer) {
      const reason = 'the conversation has no address to answer to'
      await decide(item, { type: 'refuseSend', message: item.message, reason })
      return
    }
    const claimed = await decide(item, { type: 'attemptSend', message: item.message })
    // Another engine has it, or a report has settled it meanwhile.
    if (claimed.events.length === 0 || claimed.repeated) return
    item.attempts++
    const result = await callProvider(item, address)
    await decide(item, outcomeOf(item, result))
    if (E.isRight(result)) await learnIdentifiers(engine, address.peer, result.right, item.message)
  }

  const start = (item: Pending): void => {
    const work = send(item)
      .catch((error) => {
        onTrouble(error)
        // Written down or not, the log will tell; if it does not, it is looked at again.
        item.due = clock.now() + 1000
      })
      .finally(() => {
        working.delete(item.message)
        poke()
      })
    working.set(item.message, work)
  }

  const nextDue = (): Instant | undefined => {
    let next: Instant | undefined
    for (const item of pending.values())
      if (!working.has(item.message)) next = next === undefined ? item.due : Math.min(next, item.due)
    return next
  }

  const work = (): void => {
    const now = clock.now()
    for (const item of pending.values()) {
      if (working.size >= concurrency) return
      if (item.due <= now && !working.has(item.message)) start(item)
    }
  }

  const read = async (): Promise<void> => {
    for await (const page of store.subscribe(
      { after: START, categories: ['conversation'], types: TYPES },
      signal,
    )) {
      for (const recorded of page.events) {
        const event = conversationEvents.upcast(recorded)
        if (event) fold(idOf(recorded.stream), event as Fact<ConversationEvent>)
      }
      await settleOrphans(page.events, page.position).catch(onTrouble)
      position = page.position
      if (page.caughtUp) poke()
    }
  }

  /** Until something comes, a message is through, or time alone makes one due. */
  const waitForWork = async (): Promise<void> => {
    const waking = new AbortController()
    const due = nextDue()
    const poked = new Promise<void>((resolve) => {
      poke = resolve
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true, signal: waking.signal })
    })
    const slept =
      due === undefined || working.size >= concurrency ? poked : clock.sleep(due - clock.now(), waking.signal)
    await Promise.race([poked, slept])
    waking.abort()
  }

  const isBusy = (): boolean => {
    const now = clock.now()
    return working.size > 0 || [...pending.values()].some(({ due }) => due <= now)
  }

  const tellWaiters = (): void => {
    for (const tell of [...waiters]) tell()
  }

  const loop = async (): Promise<void> => {
    const reading = read()
    reading.finally(() => poke()).catch(() => {})
    while (!signal.aborted) {
      await waitForWork()
      if (signal.aborted) break
      work()
      tellWaiters()
    }
    await reading
    await Promise.all(working.values())
  }

  const ended = loop().finally(() => {
    stopped = true
    tellWaiters()
  })
  ended.catch(() => {})

  return {
    async settledAt(wanted) {
      while (position < wanted || isBusy()) {
        if (stopped) throw new StoreError('closed', 'The outbox has ended.')
        await new Promise<void>((resolve) => {
          const tell = () => {
            waiters.delete(tell)
            resolve()
          }
          waiters.add(tell)
        })
      }
    },
    ended,
  }
}
