import { expectedAt, type Instant, type Position, START, StoreError, stamp, streamName } from '@ramal/core'
import {
  BATCH,
  type Campaign,
  type CampaignEvent,
  campaignEvents,
  contentFor,
  quietUntil,
  turnOf,
} from '@ramal/outreach'
import * as E from 'fp-ts/lib/Either.js'
import { alarm } from './alarm.js'
import {
  CAMPAIGN_TYPES,
  campaignBook,
  NEVER,
  notificationId,
  pickTurn,
  type Running,
} from './campaign-book.js'
import { contextOf, type EngineContext } from './context.js'
import { notify } from './notify.js'
import { waiters } from './waiters.js'

export interface Campaigns {
  /** Resolves when what is due by now of the campaigns that are in the log up to here is requested. */
  settledAt(position: Position): Promise<void>
  readonly ended: Promise<void>
}

/** How long the engine that has released recipients is left to write to them, before another does, in ms. */
const PATIENCE = 5_000
const PAUSE = 1_000
/** Most messages that are requested at the same time. */
const AT_ONCE = 16

/**
 * Runs campaigns. Whose turn it is is written down first, at the version of the campaign that was read: of several
 * engines one wins each turn, and together they keep the pace. Then a message to each is requested under an id that
 * follows from campaign and customer, so that after a crash, or by another engine, it is requested once. What may be
 * sent at all is for the outbox to judge.
 */
export const startCampaigns = (engine: EngineContext, signal: AbortSignal): Campaigns => {
  const { store, clock, directory, adapters, sending, onTrouble } = engine
  // Of an endpoint that this engine does not have, others run them.
  const { fold, active } = campaignBook(
    (channel, endpoint) => adapters.byEndpoint(channel, endpoint) !== undefined,
  )
  const waiting = waiters()
  const { wake, sleep } = alarm(clock, signal)
  let position: Position = START
  let working = false

  const isRequested = ({ requested, state }: Running, n: number): boolean =>
    directory.membersOf(state.recipients[n]!.customer).some((member) => requested.has(member))

  /** In quiet hours a campaign waits, so that it keeps its pace after them too. */
  const fitting = (definition: NonNullable<Campaign['definition']>, now: Instant) => {
    const { quietHours } = sending
    if (!quietHours || !sending.purpose(definition.purpose).quietHours) return () => now
    const byZone = new Map<string, Instant>()
    return ({ customer }: Campaign['recipients'][number]): Instant => {
      const zone = directory.zoneOf(directory.membersOf(customer)) ?? quietHours.zone
      const from = byZone.get(zone) ?? quietUntil(quietHours.periods, zone, now) ?? NEVER
      byZone.set(zone, from)
      return from
    }
  }

  /** Whether it was this engine, just now, that wrote them. */
  const append = async (known: Running, said: readonly CampaignEvent[], commandId: string) => {
    const stream = streamName('campaign', known.id)
    const events = stamp(campaignEvents, stream, said, contextOf(engine, { commandId, actor: 'campaigns' }))
    const appended = await store.append([{ stream, expected: expectedAt(known.version), events }])
    if (E.isLeft(appended) || appended.right.repeated) return false
    for (const event of events) fold({ ...event, stream, version: known.version + 1 })
    return true
  }

  const isOver = ({ state }: Running, now: Instant): boolean => now >= (state.definition!.expiresAt ?? NEVER)

  /** Nothing, or why no message could be requested. */
  const request = async (known: Running, n: number): Promise<string | undefined> => {
    const { id, state } = known
    const { content, pace: _, name: __, ...about } = state.definition!
    const recipient = state.recipients[n]!
    if (isRequested(known, n)) return undefined
    if (isOver(known, clock.now())) return 'expired'
    const result = await notify(engine, {
      ...about,
      id: notificationId(id, directory.survivorOf(recipient.customer)),
      to: { customer: recipient.customer },
      content: contentFor(content, recipient),
      campaign: id,
      correlation: `campaign/${id}`,
    })
    const refusal = E.isLeft(result) ? result.left : undefined
    if (refusal?._tag === 'Exhausted')
      throw new StoreError('unavailable', `A message of campaign ${id} could not be requested; it will be.`)
    return refusal?.reason
  }

  const requestAll = async (known: Running, which: readonly number[]): Promise<void> => {
    for (let i = 0; i < which.length; i += AT_ONCE) {
      if (signal.aborted || known.state.status !== 'running') return
      const some = which.slice(i, i + AT_ONCE)
      const why = await Promise.all(some.map((n) => request(known, n)))
      // Nobody is there to write to. It is said here, as there is no conversation to say it in.
      const skipped = some.flatMap((recipient, k): readonly CampaignEvent[] => {
        const reason = why[k]
        return reason === undefined ? [] : [{ type: 'RecipientSkipped', data: { recipient, reason } }]
      })
      if (skipped.length > 0 && !(await append(known, skipped, `skip/${known.id}/${known.version}`)))
        throw new StoreError(
          'unavailable',
          `Others have gone on with campaign ${known.id}; it is read again.`,
        )
      for (const n of some) known.open.delete(n)
    }
  }

  const goOn = async (known: Running, now: Instant): Promise<void> => {
    const { id, state, open } = known
    known.due = NEVER
    for (const n of open) if (isRequested(known, n)) open.delete(n)
    // What others have released, and left.
    await requestAll(
      known,
      [...open].filter((n) => state.released[n]! + PATIENCE <= now),
    )
    // Who is told no more has no pace to keep and no quiet hours to wait for.
    const over = isOver(known, now)
    const { most, every } = over ? { most: BATCH, every: 0 } : turnOf(state.definition!.pace)
    const at = state.last === undefined ? now : Math.max(now, state.last.at + every)
    const fits = over ? () => now : fitting(state.definition!, now)
    const { turn, from } = pickTurn(known, now, fits, most)
    if (turn.length > 0 && at <= now) {
      const event: CampaignEvent = { type: 'RecipientsReleased', data: { recipients: [...turn] } }
      const isOurs = await append(known, [event], `release/${id}/${known.version}`)
      if (isOurs) await requestAll(known, turn)
      known.due = Math.min(known.due, now + (isOurs ? every : PAUSE))
      return
    }
    if (open.size === 0 && known.released === state.recipients.length) {
      await append(known, [{ type: 'CampaignCompleted', data: {} }], `complete/${id}`)
      return
    }
    const left = [...open].map((n) => state.released[n]! + PATIENCE)
    const { expiresAt = NEVER } = state.definition!
    const next = Math.min(turn.length > 0 ? at : from, over ? NEVER : expiresAt)
    known.due = Math.min(known.due, next, ...left)
  }

  const nextDue = (): Instant => active().reduce((next, { due }) => Math.min(next, due), NEVER)

  const read = async (): Promise<void> => {
    const options = { after: START, types: CAMPAIGN_TYPES, categories: ['campaign', 'conversation'] }
    for await (const page of store.subscribe(options, signal)) {
      // Who is one person with whom is known up to here before it is asked.
      await directory.reached(page.position).catch((error) => {
        if (!signal.aborted) throw error
      })
      for (const event of page.events) fold(event)
      position = page.position
      if (page.caughtUp) wake()
    }
  }

  const work = async (known: Running): Promise<void> => {
    working = true
    try {
      await goOn(known, clock.now())
    } catch (error) {
      known.due = clock.now() + PAUSE
      if (!signal.aborted) onTrouble(error)
    }
    working = false
  }

  const loop = async (): Promise<void> => {
    const reading = read()
    reading.finally(() => wake()).catch(() => {})
    while (!signal.aborted) {
      const due = active().find((known) => known.due <= clock.now())
      if (due) await work(due)
      else {
        waiting.tell()
        const due = nextDue()
        await sleep(due === NEVER ? undefined : due)
      }
    }
    await reading
  }

  const ended = loop().finally(waiting.tell)
  ended.catch(() => {})

  return {
    ended,
    async settledAt(wanted) {
      while (position < wanted || working || nextDue() <= clock.now()) {
        if (signal.aborted) throw new StoreError('closed', 'The engine has ended.')
        await waiting.next()
      }
    },
  }
}
