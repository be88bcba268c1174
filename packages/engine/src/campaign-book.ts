import { type Fact, foldOwned, type Instant, idOf, type Recorded } from '@ramal/core'
import { type Campaign, type CampaignEvent, campaignDecider, campaignEvents } from '@ramal/outreach'

/** A campaign that is not over. */
export interface Running {
  readonly id: string
  readonly state: Campaign
  version: number
  /** Numbers of the recipients who were released and whose message is not requested yet. */
  readonly open: Set<number>
  /** Customers whose message is requested, as they were named then. */
  readonly requested: Set<string>
  /** How many were released. */
  released: number
  /** Whoever comes before was released. */
  next: number
  /** Looked at again then, if nothing happens before. */
  due: Instant
}

/** Names what one customer is told by one campaign: the same on every engine, so that it is requested once. */
export const notificationId = (campaign: string, customer: string): string =>
  `campaign/${campaign}/${customer}`

export const NEVER = Number.POSITIVE_INFINITY

/** The events that it folds. */
export const CAMPAIGN_TYPES = [...campaignEvents.types.keys(), 'SendRequested']

export interface CampaignBook {
  fold(recorded: Recorded | Fact): void
  /** Of each endpoint the running campaign that began first: they go one after the other. */
  active(): readonly Running[]
}

const begin = (id: string): Running => ({
  id,
  state: campaignDecider.initial(),
  version: -1,
  open: new Set(),
  requested: new Set(),
  released: 0,
  next: 0,
  due: 0,
})

/** The campaigns that are not over: a fold of their streams, and of what was requested in conversations. */
export const campaignBook = (isOurs: (channel: string, endpoint: string) => boolean): CampaignBook => {
  const campaigns = new Map<string, Running>()

  const foldRequest = (data: { readonly notification?: string; readonly campaign?: string }): void => {
    const known = data.campaign === undefined ? undefined : campaigns.get(data.campaign)
    if (!known || data.notification === undefined) return
    known.requested.add(data.notification.slice(notificationId(known.id, '').length))
    known.due = 0
  }

  const foldCampaign = (known: Running, event: Fact<CampaignEvent>): void => {
    // What this engine has written it knows before it reads it.
    if (event.version <= known.version) return
    foldOwned(campaignDecider.apply, known.state, [event])
    known.version = event.version
    known.due = 0
    switch (event.type) {
      case 'RecipientsReleased':
        known.released += event.data.recipients.length
        for (const n of event.data.recipients) known.open.add(n)
        return
      case 'RecipientSkipped':
        known.open.delete(event.data.recipient)
        return
      case 'CampaignCompleted':
      case 'CampaignCancelled':
        campaigns.delete(known.id)
        return
    }
  }

  return {
    fold(recorded) {
      if (recorded.type === 'SendRequested') return foldRequest(recorded.data as object)
      const event = campaignEvents.upcast(recorded) as Fact<CampaignEvent> | undefined
      if (!event) return
      const id = idOf(recorded.stream)
      if (event.type === 'CampaignDrafted' && !campaigns.has(id)) campaigns.set(id, begin(id))
      const known = campaigns.get(id)
      if (known) foldCampaign(known, event)
    },
    active() {
      const first = new Map<string, Running>()
      const running = [...campaigns.values()].filter(({ state }) => state.status === 'running')
      running.sort((a, b) => a.state.startedAt! - b.state.startedAt! || (a.id < b.id ? -1 : 1))
      for (const known of running) {
        const { channel, endpoint } = known.state.definition!
        const place = `${channel}/${endpoint}`
        if (!first.has(place) && isOurs(channel, endpoint)) first.set(place, known)
      }
      return [...first.values()]
    },
  }
}

/** The next recipients whose turn it can be; where there are fewer than fit, also when there will be more. */
export const pickTurn = (
  known: Running,
  now: Instant,
  fitsFrom: (recipient: Campaign['recipients'][number]) => Instant,
  most: number,
): { readonly turn: readonly number[]; readonly from: Instant } => {
  const { recipients, released } = known.state
  const turn: number[] = []
  let from = NEVER
  while (known.next in released) known.next++
  for (let n = known.next; n < recipients.length && turn.length < most; n++) {
    if (n in released) continue
    const fits = fitsFrom(recipients[n]!)
    if (fits <= now) turn.push(n)
    else from = Math.min(from, fits)
  }
  return { turn, from }
}
