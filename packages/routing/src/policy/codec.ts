import { requirement } from '@ramal/conversation'
import { type Deep, duration, integer, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'
import { calendar } from '../calendar/index.js'
import { condition, hours } from './condition.js'

const level = integer(0, 10)
const priority = integer(-1_000_000, 1_000_000)

const rule = record(
  {
    /** One queue, or several with weights: each ticket goes to one of them by a draw that its id decides. */
    queue: t.union([nonEmpty, t.array(record({ queue: nonEmpty, weight: integer(0, 1_000_000) }))]),
  },
  {
    name: nonEmpty,
    when: condition,
    priority,
    /** Tickets of a higher band go before all of a lower one, however long those wait. Default 0. */
    band: integer(-1000, 1000),
    /** Before all others of its band. Default false. */
    expedite: t.boolean,
    requirements: t.array(requirement),
    labels: t.array(nonEmpty),
    /** Waits so long for the agent who had this customer's ticket last, or for one of these. */
    prefer: record({ agents: t.union([t.literal('last'), t.array(nonEmpty)]), for: duration }),
    /** Never offered to the agent who had it last, or to these. */
    exclude: t.union([t.literal('last'), t.array(nonEmpty)]),
  },
)

/** What a ticket asks for after it has waited. Steps add up; each is later than the one before. */
const relaxationStep = record(
  {
    /** Since it entered the queue. */
    after: duration,
  },
  {
    /** Skills that are no longer asked for. */
    drop: t.array(nonEmpty),
    /** Levels that are enough from now on; no level is raised. */
    lower: t.record(t.string, level),
    /** Instead of all that was asked for. */
    requirements: t.array(requirement),
    /** Agents of these queues are asked too. */
    borrow: t.array(nonEmpty),
    /** This step is taken at once when nobody who is present could serve the step before. Default false. */
    skipToWhenNobodyPresent: t.boolean,
  },
)

const escalation = record(
  { name: nonEmpty },
  {
    /** All that are given must hold. */
    when: t.partial({
      /** It has waited so long. */
      waited: duration,
      /** More than so many wait in the queue: those who came last are meant, until no more than that are left. */
      waiting: integer(0),
      /** Of the agents of the queue nobody is available. */
      nobodyPresent: t.literal(true),
      hours,
      /** So many offers of it ended without an accept. */
      offers: integer(1),
    }),
    do: t.partial({
      queue: nonEmpty,
      priority,
      /** Added to its priority. */
      raise: priority,
      band: integer(-1000, 1000),
      expedite: t.boolean,
      requirements: t.array(requirement),
      labels: t.array(nonEmpty),
      /** The customer is promised a call, and the ticket is parked for so long. */
      callBack: record({ after: duration }),
      /** The contact ends, with a message to the customer if there is one. */
      close: record({ disposition: nonEmpty }, { message: nonEmpty }),
    }),
  },
)

export const RANKINGS = [
  'longestIdle',
  'longestSinceOffered',
  'longestSinceAssigned',
  'longestSinceEnded',
  'longestAvailable',
  'roundRobin',
  'leastLoaded',
  'mostCapacity',
  'fewestTickets',
  'bestMatch',
  'expectedResolution',
] as const

const queue = record(
  {},
  {
    /** Who is asked first among those who can: by the first that tells them apart, then by their id. */
    ranking: t.array(oneOf(...RANKINGS)),
    /** How long an agent has to answer an offer. Default 20 s. */
    offerExpiresAfter: duration,
    /** When an agent who declined may be asked again, where they did not say. Default 60 s. */
    declineRetryAfter: duration,
    /** An agent who declined it, or let it lapse, so often is not asked again. Default: no limit. */
    maxDeclines: integer(1, 1000),
    /** An agent who lets an offer lapse gets no more until they are back. Default true. */
    expiryStopsOffers: t.boolean,
    /** So many agents are asked at a time; the first accept wins. Default 1. */
    concurrentOffers: integer(1, 50),
    /** After so many offers without an accept nobody is asked any more. Default: no limit. */
    maxOffers: integer(1, 100_000),
    /** An offer counts as accepted at once. Default false. */
    autoAccept: t.boolean,
    relaxation: t.array(relaxationStep),
    escalations: t.array(escalation),
    /** Nothing is offered while this calendar is closed. */
    hours: nonEmpty,
    /** How long a ticket should wait at most; for the order `deadline` and for service levels. */
    target: duration,
    /** Its share of the agents who serve several queues, in relation to the others'. Default: no shares. */
    share: integer(1, 1_000_000),
    /** With a chance in a thousand, any of those whose first score is within `within` of the best is asked. */
    explore: record({ permille: integer(0, 1000), within: integer(0) }),
    /** An assignee who leaves the customer without an answer for so long loses the ticket. Default: never. */
    silence: duration,
  },
)

const channel = record(
  {},
  {
    /** What a ticket holds of an agent's capacity. Default 1. */
    cost: integer(0, 1_000_000),
    /** How long it holds it after the ticket is resolved, unless the agent has finished before. Default 0. */
    wrapUp: duration,
    /** What helping a colleague holds. Default: as much as the ticket. */
    consultCost: integer(0, 1_000_000),
    /** Other work may come on top: it counts only against work that is interruptible too. Default false. */
    interruptible: t.boolean,
    dormancy: record({
      /** Nobody said anything for so long. */
      after: duration,
      /** Percent of the cost that is still held. */
      keeps: integer(0, 100),
      /** When the agent has no room any more: over capacity, and flagged; to the queue; or when they have. */
      onWake: oneOf('overcommit', 'requeue', 'wait'),
    }),
  },
)

/**
 * How tickets are classified, ordered, matched and ended: data, with a version and a hash. What it leaves out has
 * the default given here.
 */
export const policyCodec = record(
  {
    name: nonEmpty,
    /** The first that holds; one without `when` holds always, and the last must. */
    classification: t.array(rule),
    queues: t.record(t.string, queue),
  },
  {
    channels: t.record(t.string, channel),
    calendars: t.record(t.string, calendar),
    /** By what waiting tickets are ordered. `ageing`: priority and wait; `deadline`: earliest target first. */
    order: oneOf('ageing', 'deadline'),
    /** Points of priority that a ticket gains with each second that it waits. Default 1. */
    slope: integer(0, 1000),
    /** Which events start the wait anew. Default: none but a reopening. */
    restartWaitOn: t.array(oneOf('transfer', 'requeue', 'reopen', 'escalation')),
    /** How long a resolved conversation can be reopened by a message. Default 24 hours. */
    reopenWithin: duration,
    /** A reopened ticket waits so long for who had it last, while they are present. Default 0: it does not. */
    reopenPrefersLastFor: duration,
    /** A transfer to an agent waits so long for them, while they are present. Default 60 s. */
    transferWaits: duration,
    /** Who transferred a ticket to a queue is not asked for so long. Default 60 s. */
    transferExcludesFor: duration,
    /** Tickets of an agent who is away, without having signed out, go back after so long. Default: never. */
    requeueWhenAwayFor: duration,
    /** Whether tickets that wait are classified again when a policy is published. Default `keep`. */
    onPublish: oneOf('keep', 'reclassify'),
    /** Names the draws of allocations and of exploration. Default: the name. */
    seed: nonEmpty,
  },
)

export type PolicyData = Deep<t.TypeOf<typeof policyCodec>>
export type Rule = PolicyData['classification'][number]
export type RelaxationStep = Deep<t.TypeOf<typeof relaxationStep>>
export type Escalation = Deep<t.TypeOf<typeof escalation>>
export type Ranking = (typeof RANKINGS)[number]
