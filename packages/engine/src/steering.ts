import {
  type Actor,
  type ConversationEvent,
  type ConversationRefusal,
  conversationDecider,
  conversationEvents,
  type Verdict,
} from '@ramal/conversation'
import { type Exhausted, type Instant, StoreError, streamName } from '@ramal/core'
import { defaultDefinition, type FcrDefinition, fcr, readHistory } from '@ramal/fcr'
import { type Router, reportShadows, type ShadowReport } from '@ramal/router'
import {
  explainWait,
  type InvalidPolicy,
  type Policy,
  type PolicyCommand,
  parsePolicy,
  policyDecider,
  type ResolutionEstimated,
  shrink,
  type WaitExplanation,
} from '@ramal/routing'
import * as E from 'fp-ts/lib/Either.js'
import { fromNullable, type Option } from 'fp-ts/lib/Option.js'
import { contextOf, type EngineContext } from './context.js'

/** Why the router did not give a ticket to somebody by hand. */
export interface PickRefused {
  readonly _tag: 'PickRefused'
  readonly verdict: Verdict
  readonly detail?: string
  readonly message: string
}

export interface PickOptions {
  /** Who gives it. Default: the agent themselves. */
  readonly by?: Actor
  /** Even if it is more than they can carry; flagged in the log. */
  readonly overcommit?: boolean
  /** Even if somebody else has it. */
  readonly reassign?: boolean
  /** The same id again is the same pick. Default: a fresh one. */
  readonly commandId?: string
}

export interface EstimateOptions {
  readonly definition?: FcrDefinition
  /** Only contacts from here on. Default: all. */
  readonly from?: Instant
  /** As if every agent had so many more contacts of the mean. Default 20. */
  readonly weight?: number
}

/** What people do about who has a ticket and by which policy, beside answering offers. */
export interface Steering {
  /** An agent takes a ticket, or is given it. The router checks it against their capacity; both ends are recorded. */
  pick(
    conversation: string,
    agent: string,
    options?: PickOptions,
  ): Promise<E.Either<PickRefused | ConversationRefusal | Exhausted, void>>
  /** Why a ticket still waits, and the least change that would free it. None for an unknown or closed one. */
  explainWait(conversation: string): Promise<Option<WaitExplanation>>
  /** Every decision from the next on is taken by this policy. */
  publish(policy: unknown): Promise<E.Either<InvalidPolicy, Policy>>
  /** This policy decides beside the one that holds; what it would have done is logged, and nothing else. */
  publishShadow(policy: unknown): Promise<E.Either<InvalidPolicy, Policy>>
  withdrawShadow(): Promise<void>
  shadowReport(): Promise<readonly ShadowReport[]>
  /**
   * Takes first-contact resolution by agent, intent and channel from the log, shrinks it, and publishes it as the
   * input of the ranking `expectedResolution`. It is an event: decisions name no hidden model.
   */
  estimateResolution(options?: EstimateOptions): Promise<ResolutionEstimated>
}

const refusalIn = (events: readonly ConversationEvent[]): PickRefused | ConversationRefusal | undefined => {
  const last = events.findLast(({ type }) => type === 'PickRefused' || type === 'TicketPicked')
  if (!last)
    return {
      _tag: 'ConversationRefusal',
      reason: 'alreadyAssigned',
      message: 'Before it could be given to anybody the ticket was accepted, moved or ended.',
    }
  if (last.type !== 'PickRefused') return undefined
  const { agent, verdict, detail } = last.data
  const why = `${verdict}${detail === undefined ? '' : ` (${detail})`}`
  return { _tag: 'PickRefused', verdict, detail, message: `The ticket cannot be given to ${agent}: ${why}.` }
}

export const steering = (engine: EngineContext, router: Router): Steering => {
  const { store, clock, run } = engine

  const command = async (todo: PolicyCommand): Promise<void> => {
    const result = await run(policyDecider, 'policy-main', todo, contextOf(engine))
    if (E.isLeft(result))
      throw new StoreError('unavailable', `"${todo.type}" could not be written to policy-main; try again.`)
    await router.settledAt(await store.head())
  }

  const publishAs = async (type: 'publish' | 'publishShadow', input: unknown) => {
    const parsed = parsePolicy(input)
    if (E.isRight(parsed)) await command({ type, policy: parsed.right })
    return parsed
  }

  return {
    async pick(conversation, agent, options = {}) {
      const { by = { kind: 'human', id: agent }, overcommit, reassign, commandId } = options
      const stream = streamName('conversation', conversation)
      const context = contextOf(engine, { commandId, actor: by.id })
      const asked = await run(
        conversationDecider,
        stream,
        { type: 'pick', agent, by, overcommit, reassign },
        context,
      )
      if (E.isLeft(asked)) return asked
      const { version } = asked.right
      if (asked.right.state.pick === undefined) return E.right(undefined)
      await router.settledAt(await store.head())
      const after: ConversationEvent[] = []
      for await (const { events } of store.read(stream, { from: version }))
        for (const recorded of events) {
          const event = conversationEvents.upcast(recorded)
          if (event) after.push(event)
        }
      const refusal = refusalIn(after)
      return refusal ? E.left(refusal) : E.right(undefined)
    },
    async explainWait(conversation) {
      await router.settledAt(await store.head())
      return fromNullable(explainWait(router.state, conversation, clock.now()))
    },
    publish: (policy) => publishAs('publish', policy),
    publishShadow: (policy) => publishAs('publishShadow', policy),
    withdrawShadow: () => command({ type: 'withdrawShadow' }),
    shadowReport: () => reportShadows(store),
    async estimateResolution({ definition = defaultDefinition, from, weight } = {}) {
      const asOf = clock.now()
      const history = await readHistory(store, { definition })
      const by = ['agent', 'intent', 'channel'] as const
      const { cells, hash } = fcr(history, { definition, asOf, from, by })
      const counts = cells
        .map(({ values: [agent = '', intent, channel], figures }) => ({
          agent,
          intent: intent === '' ? undefined : intent,
          channel: channel === '' ? undefined : channel,
          // Whose window is over: what may still fail counts neither way.
          resolved: figures.counts.closedSuccess,
          contacts: figures.counts.closedSuccess + figures.counts.closedFailed,
        }))
        .filter(({ agent, contacts }) => agent !== '' && contacts > 0)
      const estimates = shrink(`${hash.slice(0, 12)}@${asOf}`, counts, weight)
      await command({ type: 'estimateResolution', estimates })
      return estimates
    },
  }
}
