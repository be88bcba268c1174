import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { type Fact, type Instant, idOf, type Recorded } from '@ramal/core'
import { type CustomerEvent, customerEvents, type MessagePurpose } from '@ramal/customer'
import { type CampaignEvent, type CampaignStatus, campaignEvents } from '@ramal/outreach'
import { type Projection, reading } from '@ramal/projection'
import { type CustomerBook, customerBook } from './customer-book.js'

/** How far a campaign has come. Each recipient counts at most once in each of these. */
export interface CampaignProgress {
  readonly status: CampaignStatus
  readonly recipients: number
  /** A message to them was requested. */
  readonly requested: number
  /** Of those requested: put off by a rule, taken by the provider, not sent after all attempts, perhaps sent. */
  readonly deferred: number
  readonly sent: number
  readonly failed: number
  readonly uncertain: number
  /** By the rule that refused them. */
  readonly refused: Readonly<Record<string, number>>
  /** No message could be requested, by the reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Of those sent. */
  readonly delivered: number
  readonly read: number
  /** They wrote in answer to it. */
  readonly replied: number
  /** Consent to such messages was withdrawn on the channel within seven days, with none of another campaign between. */
  readonly optedOut: number
}

type Phase = 'requested' | 'deferred' | 'sent' | 'failed' | 'uncertain' | 'refused'
type Mark = 'delivered' | 'read' | 'replied' | 'optedOut'

/** A message of a campaign. */
interface Told {
  readonly campaign: string
  readonly at: Instant
  phase: Phase
  readonly marks: Set<Mark>
}

interface Tally {
  status: CampaignStatus
  channel: string
  purpose: MessagePurpose
  recipients: number
  readonly phases: Map<Phase, number>
  readonly refused: Map<string, number>
  readonly skipped: Map<string, number>
  readonly marks: Map<Mark, number>
}

export interface CampaignTallies {
  readonly campaigns: Map<string, Tally>
  /** By our id of the message. */
  readonly told: Map<string, Told>
  /** The last message in a conversation. */
  readonly inConversation: Map<string, Told>
  /** The last message to a customer. */
  readonly toCustomer: Map<string, Told>
  readonly people: CustomerBook
}

const BLAMED_FOR = 7 * 86_400_000

const count = <K>(counts: Map<K, number>, key: K, by = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

const enter = (state: CampaignTallies, told: Told | undefined, phase: Phase): void => {
  const tally = told && state.campaigns.get(told.campaign)
  if (!told || !tally || told.phase === phase) return
  count(tally.phases, told.phase, -1)
  count(tally.phases, phase)
  told.phase = phase
}

const mark = (state: CampaignTallies, told: Told | undefined, what: Mark): void => {
  const tally = told && state.campaigns.get(told.campaign)
  if (!told || !tally || told.marks.has(what)) return
  told.marks.add(what)
  count(tally.marks, what)
}

const applyCampaign = ({ campaigns }: CampaignTallies, id: string, { type, data }: CampaignEvent): void => {
  if (type === 'CampaignDrafted') {
    const { channel, purpose } = data
    const maps = { phases: new Map(), refused: new Map(), skipped: new Map(), marks: new Map() }
    campaigns.set(id, { status: 'draft', channel, purpose, recipients: 0, ...maps })
  }
  const tally = campaigns.get(id)
  if (!tally) return
  switch (type) {
    case 'RecipientsAdded':
      tally.recipients += data.recipients.length
      return
    case 'RecipientSkipped':
      return count(tally.skipped, data.reason)
    case 'CampaignStarted':
    case 'CampaignResumed':
      tally.status = 'running'
      return
    case 'CampaignPaused':
      tally.status = 'paused'
      return
    case 'CampaignCancelled':
      tally.status = 'cancelled'
      return
    case 'CampaignCompleted':
      tally.status = 'completed'
      return
  }
}

const applyRequest = (
  state: CampaignTallies,
  conversation: string,
  { data, meta: { at } }: Fact<Extract<ConversationEvent, { type: 'SendRequested' }>>,
): void => {
  const { campaign, notification = '', message } = data
  const tally = campaign === undefined ? undefined : state.campaigns.get(campaign)
  if (campaign === undefined || !tally) return
  const told: Told = { campaign, at, phase: 'requested', marks: new Set() }
  count(tally.phases, 'requested')
  state.told.set(message, told)
  state.inConversation.set(conversation, told)
  state.toCustomer.set(notification.slice(`campaign/${campaign}/`.length), told)
}

const applyConversation = (
  state: CampaignTallies,
  conversation: string,
  event: Fact<ConversationEvent>,
): void => {
  const { type, data } = event
  switch (type) {
    case 'ConversationOpened':
      if (data.notification !== undefined && data.keyword === undefined)
        mark(state, state.inConversation.get(data.notification), 'replied')
      return
    case 'MessageReceived':
      if (data.keyword === undefined) mark(state, state.inConversation.get(conversation), 'replied')
      return
    case 'SendRequested':
      return applyRequest(state, conversation, event)
    case 'SendDeferred':
      return enter(state, state.told.get(data.message), 'deferred')
    case 'SendAttempted':
      return enter(state, state.told.get(data.message), 'requested')
    case 'MessageSent':
      return enter(state, state.told.get(data.message), 'sent')
    case 'SendFailed':
      return enter(state, state.told.get(data.message), 'failed')
    case 'SendUncertain':
      return enter(state, state.told.get(data.message), 'uncertain')
    case 'SendRefused': {
      const told = state.told.get(data.message)
      const tally = told && state.campaigns.get(told.campaign)
      if (tally && told.phase !== 'refused') count(tally.refused, data.rule ?? 'none')
      return enter(state, told, 'refused')
    }
    case 'DeliveryAdvanced': {
      const told = state.told.get(data.message)
      if (data.to === 'failed') return told?.marks.has('delivered') ? undefined : enter(state, told, 'failed')
      enter(state, told, 'sent')
      if (data.to !== 'sent') mark(state, told, 'delivered')
      if (data.to === 'read' || data.to === 'played') mark(state, told, 'read')
      return
    }
  }
}

const applyCustomer = (state: CampaignTallies, customer: string, event: Fact<CustomerEvent>): void => {
  state.people.fold(customer, event)
  if (event.type !== 'ConsentWithdrawn') return
  const { channel, purpose, source } = event.data
  if (source !== 'customer' && source !== 'provider') return
  for (const member of state.people.membersOf(customer)) {
    const told = state.toCustomer.get(member)
    const tally = told && state.campaigns.get(told.campaign)
    if (!tally || tally.channel !== channel || (purpose !== 'all' && purpose !== tally.purpose)) continue
    if (event.meta.at - told.at <= BLAMED_FOR) mark(state, told, 'optedOut')
  }
}

const read = reading<CampaignEvent | ConversationEvent | CustomerEvent>(
  campaignEvents,
  conversationEvents,
  customerEvents,
)

/** Where every campaign stands. In memory: it is folded from the log when somebody first asks. */
export const campaignProjection = (): Projection<CampaignTallies> => ({
  name: 'campaigns',
  version: 1,
  categories: ['campaign', 'conversation', 'customer'],
  types: [
    ...campaignEvents.types.keys(),
    ...['ConversationOpened', 'MessageReceived', 'SendRequested', 'SendDeferred', 'SendAttempted'],
    ...['MessageSent', 'SendFailed', 'SendUncertain', 'SendRefused', 'DeliveryAdvanced'],
    ...['CustomerIdentified', 'CustomersMerged', 'CustomersSplit', 'ConsentWithdrawn'],
  ],
  initial: () => ({
    campaigns: new Map(),
    told: new Map(),
    inConversation: new Map(),
    toCustomer: new Map(),
    people: customerBook(),
  }),
  apply(state, recorded: Recorded) {
    const event = read(recorded)
    const id = idOf(recorded.stream)
    if (!event) return
    if (recorded.stream.startsWith('campaign-')) applyCampaign(state, id, event as CampaignEvent)
    else if (recorded.stream.startsWith('customer-')) applyCustomer(state, id, event as Fact<CustomerEvent>)
    else applyConversation(state, id, event as Fact<ConversationEvent>)
  },
})

/** Nothing for a campaign that is not there. */
export const progressOf = (
  { campaigns }: Readonly<CampaignTallies>,
  id: string,
): CampaignProgress | undefined => {
  const tally = campaigns.get(id)
  if (!tally) return undefined
  const { status, recipients, phases, marks, refused, skipped } = tally
  const of = (phase: Phase) => phases.get(phase) ?? 0
  return {
    status,
    recipients,
    requested: [...phases.values()].reduce((sum, n) => sum + n, 0),
    deferred: of('deferred'),
    sent: of('sent'),
    failed: of('failed'),
    uncertain: of('uncertain'),
    refused: Object.fromEntries([...refused].sort()),
    skipped: Object.fromEntries([...skipped].sort()),
    delivered: marks.get('delivered') ?? 0,
    read: marks.get('read') ?? 0,
    replied: marks.get('replied') ?? 0,
    optedOut: marks.get('optedOut') ?? 0,
  }
}
