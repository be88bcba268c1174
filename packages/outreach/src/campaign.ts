import type { Content } from '@ramal/conversation'
import { type Decider, dictionary, type Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import {
  BATCH,
  type CampaignDefinition,
  type CampaignEvent,
  campaignEvents,
  type Recipient,
} from './campaign-events.js'

export type CampaignStatus = 'absent' | 'draft' | 'running' | 'paused' | 'cancelled' | 'completed'

export interface Campaign {
  status: CampaignStatus
  definition: CampaignDefinition | undefined
  /** By their numbers. */
  readonly recipients: Recipient[]
  /** Who is a recipient. */
  readonly customers: Record<string, true>
  /** Numbers of those whose turn it is or was, with the time. */
  readonly released: Record<number, Instant>
  startedAt: Instant | undefined
  /** The last release: when, and how many. */
  last: { readonly at: Instant; readonly count: number } | undefined
}

export type CampaignCommand =
  | { readonly type: 'draft'; readonly definition: CampaignDefinition }
  | { readonly type: 'add'; readonly recipients: readonly Recipient[] }
  | { readonly type: 'start' }
  | { readonly type: 'pause'; readonly reason?: string }
  | { readonly type: 'resume' }
  | { readonly type: 'cancel'; readonly reason?: string }

export interface CampaignRefusal {
  readonly _tag: 'CampaignRefusal'
  readonly reason: 'unknownCampaign' | 'notADraft' | 'noRecipients' | 'notRunning' | 'over'
  readonly message: string
}

type Decision = E.Either<CampaignRefusal, readonly CampaignEvent[]>

const refuse = (reason: CampaignRefusal['reason'], message: string): Decision =>
  E.left({ _tag: 'CampaignRefusal', reason, message })

const so = (...events: readonly CampaignEvent[]): Decision => E.right(events)

const because = (reason: string | undefined) => (reason === undefined ? {} : { reason })

const draft = ({ status }: Campaign, definition: CampaignDefinition): Decision =>
  status === 'absent'
    ? so({ type: 'CampaignDrafted', data: definition })
    : refuse('notADraft', `This campaign is ${status} already; give another one another id.`)

/** Each customer once, however often they are on the lists. */
const add = ({ status, customers }: Campaign, recipients: readonly Recipient[]): Decision => {
  if (status !== 'draft')
    return refuse('notADraft', `The campaign is ${status}; recipients are added to a draft.`)
  const fresh = new Map<string, Recipient>()
  for (const recipient of recipients)
    if (!(recipient.customer in customers) && !fresh.has(recipient.customer))
      fresh.set(recipient.customer, recipient)
  const all = [...fresh.values()]
  const batches: CampaignEvent[] = []
  for (let i = 0; i < all.length; i += BATCH)
    batches.push({ type: 'RecipientsAdded', data: { recipients: all.slice(i, i + BATCH) } })
  return so(...batches)
}

const decideRun = (state: Campaign, command: CampaignCommand): Decision => {
  const { status, recipients } = state
  switch (command.type) {
    case 'start':
      if (status !== 'draft') return so()
      return recipients.length === 0
        ? refuse('noRecipients', 'The campaign has no recipients; add some before it starts.')
        : so({ type: 'CampaignStarted', data: {} })
    case 'pause':
      if (status === 'paused') return so()
      return status === 'running'
        ? so({ type: 'CampaignPaused', data: because(command.reason) })
        : refuse('notRunning', `The campaign is ${status}; only a running one can be paused.`)
    case 'resume':
      if (status === 'running') return so()
      return status === 'paused'
        ? so({ type: 'CampaignResumed', data: {} })
        : refuse('notRunning', `The campaign is ${status}; only a paused one can be resumed.`)
    default:
      return so()
  }
}

export const campaignDecider: Decider<CampaignCommand, CampaignEvent, Campaign, CampaignRefusal> = {
  events: campaignEvents,
  initial: () => ({
    status: 'absent',
    definition: undefined,
    recipients: [],
    customers: dictionary(),
    released: {},
    startedAt: undefined,
    last: undefined,
  }),
  apply(state, { type, data, meta: { at } }) {
    switch (type) {
      case 'CampaignDrafted':
        state.status = 'draft'
        state.definition = data
        return
      case 'RecipientsAdded':
        for (const recipient of data.recipients) {
          state.recipients.push(recipient)
          state.customers[recipient.customer] = true
        }
        return
      case 'CampaignStarted':
        state.status = 'running'
        state.startedAt = at
        return
      case 'RecipientsReleased':
        for (const n of data.recipients) state.released[n] = at
        state.last = { at, count: data.recipients.length }
        return
      case 'CampaignPaused':
        state.status = 'paused'
        return
      case 'CampaignResumed':
        state.status = 'running'
        return
      case 'CampaignCancelled':
        state.status = 'cancelled'
        return
      case 'CampaignCompleted':
        state.status = 'completed'
        return
    }
  },
  decide(command, state) {
    if (command.type === 'draft') return draft(state, command.definition)
    if (state.status === 'absent')
      return refuse('unknownCampaign', 'There is no such campaign; draft it first.')
    if (command.type === 'add') return add(state, command.recipients)
    if (command.type === 'cancel') {
      if (state.status === 'cancelled') return so()
      return state.status === 'completed'
        ? refuse('over', 'The campaign is completed.')
        : so({ type: 'CampaignCancelled', data: because(command.reason) })
    }
    if (state.status === 'completed' || state.status === 'cancelled')
      return refuse('over', `The campaign is ${state.status}.`)
    return decideRun(state, command)
  },
}

/** What one recipient is told. */
export const contentFor = (content: CampaignDefinition['content'], { parameters }: Recipient): Content => {
  if (parameters === undefined) return content as Content
  if (content.kind === 'template') return { ...content, parameters: [...parameters] } as Content
  if (content.kind !== 'text') return content as Content
  const text = content.text.replaceAll(/\{\{(\d+)\}\}/g, (whole, n) => parameters[Number(n) - 1] ?? whole)
  return { kind: 'text', text }
}

/** How many may be released at a time, and how long after one release the next may follow, in ms. */
export const turnOf = ({
  messages,
  per,
}: CampaignDefinition['pace']): { readonly most: number; readonly every: number } => {
  const most = Math.max(1, Math.floor((messages * 1000) / per))
  // So many turns fit in the period: then no period of that length, wherever it begins, has more.
  return { most, every: Math.ceil(per / Math.floor(messages / most)) }
}
