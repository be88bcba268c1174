import type { CallAction, CallCommand as Control, SendFault } from '@ramal/channel'
import {
  type CallCommand,
  type ConversationCommand,
  type ConversationRefusal,
  conversationDecider,
} from '@ramal/conversation'
import { type Exhausted, type Instant, type Position, StoreError, shortIdOf, streamName } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { alarm } from './alarm.js'
import type { BookedCall, Wanted } from './call-book.js'
import type { CallOptions } from './call-options.js'
import { noteMissed } from './calls.js'
import { contextOf, type EngineContext } from './context.js'
import { waiters } from './waiters.js'

export interface Switchboard {
  /** Does something with the call of a ticket, for its assignee. */
  act(
    conversation: string,
    agent: string,
    action: CallAction,
  ): Promise<E.Either<ConversationRefusal | SendFault | Exhausted, void>>
  /** Resolves when everything up to here, and due by now, is worked off. */
  settledAt(position: Position): Promise<void>
  readonly ended: Promise<void>
}

/** Rings a little longer than the offer holds: that it lapses is for the router to decide. */
const MARGIN = 5_000
const PAUSE = 1_000

const none = (message: string): E.Either<ConversationRefusal, never> =>
  E.left({ _tag: 'ConversationRefusal', reason: 'unknownCall', message })

/** What an agent has done by an action, where the provider does not report it. */
const commandOf = (action: CallAction, call: string, agent: string): ConversationCommand | undefined => {
  switch (action.kind) {
    case 'hold':
    case 'consult':
      return { type: 'holdCall', call }
    case 'resume':
    case 'endConsult':
      return { type: 'resumeCall', call }
    case 'answer':
      return action.early ? undefined : { type: 'answerCall', call, agent }
    case 'transfer':
    case 'complete': {
      const to = { kind: 'outside', address: action.address } as const
      const mode = action.kind === 'complete' ? 'warm' : 'cold'
      return { type: 'transfer', to, mode, by: { kind: 'human', id: agent } }
    }
    default:
      return undefined
  }
}

/**
 * Connects those who call to the agents whom the router has found for them: rings who is offered a call, lets go
 * who is not wanted any more, and ends the time after a call. It follows the log, and writes down what it is about to
 * do: of several engines on one log, the one that wrote it does it.
 */
export const startSwitchboard = (
  engine: EngineContext,
  { addressOf = () => undefined, ring = 'offered', ringFor = 20_000, customerRingFor = 45_000 }: CallOptions,
  /** How long an agent has after a contact on a channel, by the policy now, in ms. */
  wrapUpOf: (channel: string) => number,
  signal: AbortSignal,
): Switchboard => {
  const { adapters, calls, clock, onTrouble, run } = engine
  const working = new Set<Promise<void>>()
  /** What was done about a call, or about the time after one. */
  const done = new WeakMap<object, Set<string>>()
  const last = new WeakMap<object, Promise<void>>()
  const waiting = waiters()
  const { wake, sleep } = alarm(clock, signal)

  const control = async (
    call: Control & { readonly channel: string },
  ): Promise<E.Either<SendFault, void>> => {
    const { channel, name, ...command } = call
    const adapter = adapters.byEndpoint(channel, call.endpoint)
    if (!adapter?.control)
      return E.left({
        class: 'channel',
        reason: `No channel can control the calls of ${channel}/${call.endpoint}.`,
      })
    return adapter.control(name === undefined ? command : { ...command, name })()
  }

  /** Whether it was this process that wrote it: then it is to do it. */
  const claim = async (conversation: string, command: CallCommand, commandId: string): Promise<boolean> => {
    const stream = streamName('conversation', conversation)
    const context = contextOf(engine, { commandId, actor: 'switchboard' })
    const result = await run(conversationDecider, stream, command, context)
    return E.isRight(result) && !result.right.repeated && result.right.events.length > 0
  }

  /** A call of ours that will not be: it ends for us first, so that whatever the line says of it is no news. */
  const cancel = async (booked: BookedCall, cause: string): Promise<void> => {
    const { conversation, call, channel, endpoint, name, legs } = booked
    const end = { type: 'endCall', call, at: clock.now(), by: 'system', cause, outcome: 'cancelled' } as const
    if (!(await claim(conversation, end, `cancel/${call}`))) return
    if (legs.size === 0) return
    const gone = await control({ channel, endpoint, call, name, action: { kind: 'hangUp' } })
    if (E.isLeft(gone) && gone.left.class !== 'recipient')
      onTrouble(new Error(`Call ${call} could not be ended: ${gone.left.reason}`))
  }

  const dial = async (
    booked: BookedCall,
    leg: string,
    { agent, offer, expiresAt }: Wanted,
  ): Promise<void> => {
    const { conversation, call, channel, endpoint, name, placed } = booked
    const address = await addressOf(agent, { channel, endpoint })
    const isPlacing = placed && !placed.answered
    if (address === undefined)
      return isPlacing ? cancel(booked, `agent ${agent} has no telephone`) : undefined
    if (!(await claim(conversation, { type: 'ringCall', call, leg, agent, offer }, `ring/${leg}`))) return
    const timeout = MARGIN + (expiresAt === undefined ? ringFor : Math.max(0, expiresAt - clock.now()))
    const action: CallAction = isPlacing
      ? { kind: 'place', leg, address, timeout, to: placed.to, toTimeout: customerRingFor }
      : { kind: 'connect', leg, address, timeout }
    const rung = await control({ channel, endpoint, call, name, action })
    if (E.isRight(rung)) return
    onTrouble(new Error(`The phone of agent ${agent} could not be rung: ${rung.left.reason}`))
    // A channel that rings nobody loses the agent nothing: they take the call at the desk.
    if (rung.left.class === 'content' && !isPlacing) {
      await claim(conversation, { type: 'releaseCall', call, leg }, `failed/${leg}`)
      return
    }
    const context = contextOf(engine, { commandId: `failed/${leg}`, actor: 'switchboard' })
    await noteMissed(engine, conversation, { type: 'missCall', call, leg, cause: 'failed' }, context)
  }

  const release = async (
    { conversation, call, channel, endpoint, name }: BookedCall,
    leg: string,
  ): Promise<void> => {
    if (!(await claim(conversation, { type: 'releaseCall', call, leg }, `release/${leg}`))) return
    const done = await control({ channel, endpoint, call, name, action: { kind: 'release', leg } })
    if (E.isLeft(done) && done.left.class !== 'recipient')
      onTrouble(new Error(`Call ${call} could not be taken from a phone: ${done.left.reason}`))
  }

  const isDone = (about: object, key: string): boolean => done.get(about)?.has(key) ?? false

  /**
   * Once; what could not be written down is tried again. One thing after the other for each call: where a call can
   * only ring one phone, the one before is let go first.
   */
  const start = (about: object, key: string, task: () => Promise<void>): void => {
    if (isDone(about, key)) return
    const before = done.get(about) ?? new Set()
    done.set(about, before.add(key))
    const work: Promise<void> = (last.get(about) ?? Promise.resolve())
      .then(task)
      .catch(async (error) => {
        if (!signal.aborted) onTrouble(error)
        await clock.sleep(PAUSE, signal)
        before.delete(key)
      })
      .finally(() => {
        working.delete(work)
        wake()
      })
    working.add(work)
    last.set(about, work)
  }

  /** What is to be done about a call now. */
  const attend = (booked: BookedCall): void => {
    if (!adapters.byEndpoint(booked.channel, booked.endpoint)?.control) return
    const { agent: talking, legs } = booked
    const legOf = ({ cause }: Wanted) => shortIdOf(`${booked.call}/${cause}`)
    const { placed } = booked
    if (placed && !placed.answered) {
      const [one] = calls.wanted(booked)
      const had = legs.size > 0
      const why = placed.refused ?? (had && !one ? 'the ticket was taken from the agent' : undefined)
      if (why !== undefined) start(booked, 'cancel', () => cancel(booked, why))
      else if (one && !had) start(booked, `ring/${legOf(one)}`, () => dial(booked, legOf(one), one))
      return
    }
    const wanted = calls.wanted(booked).map((one) => [legOf(one), one] as const)
    const names = new Set(wanted.map(([leg]) => leg))
    for (const [leg, { agent, over }] of legs)
      if (!over && agent !== talking && !names.has(leg))
        start(booked, `release/${leg}`, () => release(booked, leg))
    // Whoever talks is left alone, until the ticket is passed on.
    if (talking !== undefined) return
    for (const [leg, one] of wanted) {
      const now = ring === 'offered' || one.expiresAt === undefined
      if (now && !legs.has(leg)) start(booked, `ring/${leg}`, () => dial(booked, leg, one))
    }
  }

  const finish = (about: object, conversation: string, endedAt: Instant): void =>
    start(about, 'finish', async () => {
      await claim(conversation, { type: 'finishCalls' }, `finish/${conversation}/${endedAt}`)
    })

  /** Tickets whose call is over, and when the time after it is too. */
  const dues = () =>
    [...calls.after]
      .filter(([, over]) => !isDone(over, 'finish'))
      .map(([conversation, over]) => ({ conversation, over, at: over.endedAt + wrapUpOf(over.channel) }))

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      for (const booked of calls.live.values()) attend(booked)
      const due = dues()
      const now = clock.now()
      for (const { conversation, over, at } of due) if (at <= now) finish(over, conversation, over.endedAt)
      waiting.tell()
      const next = Math.min(...due.map(({ at }) => at).filter((at) => at > now))
      await sleep(Number.isFinite(next) ? next : undefined)
    }
    await Promise.all(working)
  }

  const unwatch = calls.onPage(wake)
  const ended = loop().finally(() => {
    unwatch()
    waiting.tell()
  })
  ended.catch(() => {})

  const writeDown = async (conversation: string, call: string, action: CallAction, agent: string) => {
    const stream = streamName('conversation', conversation)
    const context = contextOf(engine, { actor: agent })
    const command = commandOf(action, call, agent)
    return command ? run(conversationDecider, stream, command, context) : E.right(undefined)
  }

  return {
    ended,
    async act(conversation, agent, action) {
      await calls.reached(await engine.store.head())
      const booked = [...calls.live.values()].find((call) => call.conversation === conversation)
      if (!booked) return none('No call goes on in this conversation.')
      const [assigned] = calls.wanted(booked)
      if (assigned?.agent !== agent || assigned.expiresAt !== undefined)
        return E.left({
          _tag: 'ConversationRefusal',
          reason: 'notAssigned',
          message: `Only who has the ticket can act on its call; it is ${agent} who asks.`,
        })
      const { call, channel, endpoint, name } = booked
      // What Asterisk or Twilio report of it meanwhile is written after it.
      return engine.perThread(`${channel}/call|${call}`, async () => {
        const done = await control({ channel, endpoint, call, name, action })
        if (E.isLeft(done)) return done
        const written = await writeDown(conversation, call, action, agent)
        return E.isLeft(written) ? written : E.right(undefined)
      })
    },
    async settledAt(position) {
      await calls.reached(position)
      const isBusy = () => working.size > 0 || dues().some(({ at }) => at <= clock.now())
      for (let first = true; first || isBusy(); first = false) {
        if (signal.aborted) throw new StoreError('closed', 'The switchboard has ended.')
        const told = waiting.next()
        // What goes on wakes the loop by itself when it is done.
        if (first) wake()
        await told
      }
    },
  }
}
