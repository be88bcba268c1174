import type { ChannelAdapter, ChannelEvent, Ingested } from '@ramal/channel'
import type {
  Content,
  Conversation,
  ConversationCommand,
  ConversationEvent,
  ConversationRefusal,
} from '@ramal/conversation'
import type { Clock, EventStore, Exhausted, Transacted } from '@ramal/core'
import type {
  Customer,
  CustomerCommand,
  CustomerEvent,
  CustomerRefusal,
  Evidence,
  Purpose,
} from '@ramal/customer'
import type { FcrDefinition, FcrQuestion, FcrReport } from '@ramal/fcr'
import type {
  Campaign,
  CampaignCommand,
  CampaignEvent,
  CampaignRefusal,
  SendExplanation,
} from '@ramal/outreach'
import type { Router, VerifyReport } from '@ramal/router'
import type { Explanation } from '@ramal/routing'
import type { Agent, AgentCommand, AgentProfile, AgentRefusal, WorkforceEvent } from '@ramal/workforce'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Option } from 'fp-ts/lib/Option.js'
import type { CallOptions } from './call-options.js'
import type { Addressee } from './campaign-recipients.js'
import type { CommandOptions } from './context.js'
import type { DialResult, OutboundCall } from './dial.js'
import type { Validity } from './expiry.js'
import type { Files } from './files.js'
import type { Refusals } from './http.js'
import type { FetchHandler } from './http-fetch.js'
import type { NodeListener } from './http-node.js'
import type { IdentityResult } from './identity.js'
import type { Live } from './live.js'
import type { MediaOptions } from './media.js'
import type { Notification, NotifyResult } from './notify.js'
import type { OutboxOptions } from './outbox.js'
import type { Steering } from './steering.js'
import type { Switchboard } from './switchboard.js'

export interface RamalOptions {
  readonly store: EventStore
  /** As data, such as the JSON of a file. Checked here; what is wrong with it is in the error. */
  readonly policy: unknown
  readonly channels?: readonly ChannelAdapter[]
  /**
   * What may be sent to whom and when, as data; see `sendingRulesCodec` of @ramal/outreach. Checked here. Default:
   * opt-in for marketing and updates, what the channels ask for, no quiet hours and no caps.
   */
  readonly sending?: unknown
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
  /**
   * Whoever writes or calls for the first time with the telephone number of a customer of another channel is taken
   * for that customer. Default: no, since numbers are given to new people.
   */
  readonly sameNumber?: boolean
  /** Where files are kept. Without it files stay with the providers, and only addresses can be sent. */
  readonly media?: MediaOptions
  /** Telephones of agents, and when they ring. */
  readonly calls?: CallOptions
  /** What live FCR means. Default: the default definition. */
  readonly fcr?: FcrDefinition
  /** Ids of commands that the caller gives none, of messages and of terms. Default: random UUIDs. */
  readonly newId?: () => string
  /** Told of what heals by itself, such as a store that was not reachable. Default: a warning of the process. */
  readonly onTrouble?: (error: unknown) => void
}

type ConversationResult = Either<ConversationRefusal | Exhausted, Transacted<Conversation, ConversationEvent>>

export type CampaignResult = Either<CampaignRefusal | Exhausted, Transacted<Campaign, CampaignEvent>>

export interface Reply extends Validity {
  readonly conversation: string
  readonly agent: string
  readonly content: Content | string
  /** Chosen by the caller, so that a reply sent again after a time-out is the same reply. */
  readonly id?: string
  readonly purpose?: Purpose
  readonly replyTo?: string
}

/** A running engine. */
export interface Ramal extends Live, Steering, Files {
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

  /**
   * Two customers are one person: from now on `survivor`, with the identifiers, the conversations and the consent
   * of both. Refused, with the reason, for whoever is merged into another already.
   */
  merge(
    survivor: string,
    other: string,
    evidence: Evidence,
    options?: CommandOptions,
  ): Promise<IdentityResult>
  /** A merge is undone: `other` has again what is theirs. Payloads do not merge the two again. */
  split(survivor: string, other: string, reason: string, options?: CommandOptions): Promise<IdentityResult>

  accept(conversation: string, offer: string, agent: string): Promise<ConversationResult>
  decline(conversation: string, offer: string, agent: string, reason?: string): Promise<ConversationResult>
  reply(reply: Reply): Promise<ConversationResult>
  /** Drafts, starts, pauses, resumes or cancels a campaign. It runs on every engine on the log, each recipient once. */
  campaign(
    id: string,
    command: Exclude<CampaignCommand, { type: 'add' }>,
    options?: CommandOptions,
  ): Promise<CampaignResult>
  /** Adds to a draft; whoever is on it already is not added again. */
  addRecipients(
    campaign: string,
    addressees: readonly Addressee[],
    options?: CommandOptions,
  ): Promise<CampaignResult>
  /** Has an agent call a customer. Resolves when it is in the log; its outcome is in the conversation. */
  dial(call: OutboundCall): Promise<DialResult>
  /** Tells a customer something of our own accord. Whether it may be sent is judged when it is due. */
  notify(notification: Notification): Promise<NotifyResult>
  /** By its assignee. The wrap-up that the policy gives the channel begins. */
  resolve(conversation: string, agent: string, disposition: string): Promise<ConversationResult>

  /**
   * Holds, resumes, passes on or ends the call of a ticket, for its assignee; `answer` where their program has the
   * media itself. Left: why it may not be, or what the provider made of it.
   */
  readonly call: Switchboard['act']

  /** Its state now; none when there is no such conversation. */
  find(conversation: string): Promise<Option<Conversation>>
  /**
   * What is known of a customer now, with what is known of those merged into them, by any of their ids; none for an
   * unknown one.
   */
  findCustomer(customer: string): Promise<Option<Customer>>
  /** First-contact resolution under any definition, at any moment, from the log. */
  fcrReport(question: Partial<FcrQuestion>): Promise<FcrReport>
  /** Why an offer was made; where none is named, the last one of the conversation. */
  explain(conversation: string, offer?: string): Promise<Option<Explanation>>
  /** Why a message was sent, put off or refused: which rule said what, on what was known then. */
  explainSend(conversation: string, message: string): Promise<Option<SendExplanation>>
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
