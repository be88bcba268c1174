import { instant, integer, nonEmpty, oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

/** Why an agent could or could not be offered a ticket. */
export const verdict = oneOf(
  'ok',
  'unavailable',
  'notResponding',
  'draining',
  'notInQueue',
  'skill',
  'capacity',
  'channelCap',
  'declined',
  'excluded',
  'calendar',
  'sticky',
  'offered',
)
export type Verdict = t.TypeOf<typeof verdict>

/** One agent who was considered. `score` is compared in order, higher first; `idleSince` earlier first. */
export const candidate = record(
  { agent: nonEmpty, verdict, score: t.readonlyArray(integer()), rank: integer(0) },
  { idleSince: instant, detail: t.string },
)
export type Candidate = t.TypeOf<typeof candidate>

/**
 * Why an offer was made. Small on purpose: the best candidates. The verdict on every other agent is recomputed
 * from the log up to `basis` when somebody asks; to count them at each decision would cost more than to decide.
 */
export const decisionRecord = record(
  {
    /** The pass of the router, and its place within it. */
    pass: nonEmpty,
    policy: nonEmpty,
    /** The log up to here was known. */
    basis: t.string,
    step: integer(0),
    /** Agents who serve the queue, or one that it borrows from. */
    considered: integer(0),
    candidates: t.array(candidate),
    /** What decided between the chosen and the next: the name of a score, idleness, or the agent's id. */
    tieBreak: nonEmpty,
    /** Key of the ticket in the order of waiting, and how many waited. Higher goes first. */
    order: integer(),
    waiting: integer(0),
  },
  {
    /** Of the agents that were within epsilon of the best, how many; the chance that the chosen one had. */
    nearEqual: integer(1),
    propensity: t.number,
    draws: t.array(integer(0)),
  },
)
export type DecisionRecord = t.TypeOf<typeof decisionRecord>
