import type { ChannelAdapter, ChannelEvent, Ingested } from '@ramal/channel'
import type {
  Content,
  Conversation,
  ConversationCommand,
  ConversationEvent,
  ConversationRefusal,
} from '@ramal/conversation'
import type { Clock, EventStore, Exhausted, Transacted } from '@ramal/core'
import type { Customer, CustomerCommand, CustomerEvent, CustomerRefusal, Purpose } from '@ramal/customer'
import type { FcrDefinition, FcrQuestion, FcrReport } from '@ramal/fcr'
import type { Router, VerifyReport } from '@ramal/router'
import type { Explanation } from '@ramal/routing'
import type { Agent, AgentCommand, AgentProfile, AgentRefusal, WorkforceEvent } from '@ramal/workforce'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Option } from 'fp-ts/lib/Option.js'
import type { CommandOptions } from './context.js'
import type { Refusals } from './http.js'
import type { FetchHandler } from './http-fetch.js'
import type { NodeListener } from './http-node.js'
import type { Live } from './live.js'
import type { OutboxOptions } from './outbox.js'

export interface RamalOptions {
  readonly store: EventStore
  /** As data, such as the JSON of a file. Checked here; what is wrong with it is in the error. */
  readonly policy: unknown
  readonly channels?: readonly ChannelAdapter[]
  /** Default: the system's. */
  readonly clock?: Clock
  readonly tenant?: string
  /** Path before `/webhooks`. Default: none. */
  readonly base?: string
  /** Names this process among those on one log. Default: a fresh one. */
  readonly name?: string
  /**
   * How long a router on the same log may leave due work undone before this one takes over, in ms. Default
   * 3000. A store that has only this process wants 0.
   */
  readonly patience?: number
  readonly outbox?: OutboxOptions
  /** What live FCR means. Default: the default definition. */
  readonly fcr?: FcrDefinition
  /** Ids of commands that the caller gives none, of messages and of terms. Default: random UUIDs. */
  readonly newId?: () => string
  /** Told of what heals by itself, such as a store that was not reachable. Default: a warning of the process. */
  readonly onTrouble?: (error: unknown) => void
}

type ConversationResult = Either<ConversationRefusal | Exhausted, Transacted<Conversation, ConversationEvent>>

export interface Reply {
  readonly conversation: string
  readonly agent: string
  readonly content: Content | string
  /** Chosen by the caller, so that a reply sent again after a time-out is the same reply. */
  readonly id?: string
  readonly purpose?: Purpose
  readonly replyTo?: string
}

/** A running engine. */
export interface Ramal extends Live {
  /** For any server that speaks the Fetch API: webhooks and chats, below `BASE/webhooks/`. */
  readonly handle: FetchHandler
  /**
   * The same for `createServer` of `node:http`, without the cost of Fetch objects for each webhook. The longest body
   * that is read has 3 MiB; time-outs are those of the server.
   */
  readonly listener: NodeListener
  /** What a channel reports, without HTTP. Resolves when it is durable. */
  ingest(channel: string, events: readonly ChannelEvent[]): Promise<readonly Ingested[]>

  agent(
    id: string,
    command: AgentCommand,
    options?: CommandOptions,
  ): Promise<Either<AgentRefusal | Exhausted, Transacted<Agent, WorkforceEvent>>>
  /** Registers, signs in and makes available. For start-up scripts; may be run again. */
  signIn(id: string, profile: AgentProfile): Promise<void>
  conversation(
    id: string,
    command: ConversationCommand,
    options?: CommandOptions,
  ): Promise<ConversationResult>
  customer(
    id: string,
    command: CustomerCommand,
    options?: CommandOptions,
  ): Promise<Either<CustomerRefusal | Exhausted, Transacted<Customer, CustomerEvent>>>

  accept(conversation: string, offer: string, agent: string): Promise<ConversationResult>
  decline(conversation: string, offer: string, agent: string, reason?: string): Promise<ConversationResult>
  reply(reply: Reply): Promise<ConversationResult>
  /** By its assignee. The wrap-up that the policy gives the channel begins. */
  resolve(conversation: string, agent: string, disposition: string): Promise<ConversationResult>

  /** Its state now; none when there is no such conversation. */
  find(conversation: string): Promise<Option<Conversation>>
  /** The customer's state now, by the id that conversations name; none for an unknown one. */
  findCustomer(customer: string): Promise<Option<Customer>>
  /** First-contact resolution under any definition, at any moment, from the log. */
  fcrReport(question: Partial<FcrQuestion>): Promise<FcrReport>
  explain(conversation: string, offer: string): Promise<Option<Explanation>>
  /** Decides every pass of the log again and compares. */
  verify(): Promise<VerifyReport>

  /** Resolves when everything that is in the log, and everything due by now, is worked off. */
  settled(): Promise<void>
  /** Ends what runs, releases everything but the store, which is the caller's. May be called again. */
  stop(): Promise<void>
  readonly router: Router
  readonly refusals: Refusals
  /** Resolves when a part has ended by `stop`; rejects with what ended it otherwise. */
  readonly ended: Promise<void>
}
