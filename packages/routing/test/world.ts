import { type ConversationCommand, conversationDecider } from '@ramal/conversation'
import {
  type Decider,
  type Event,
  type Fact,
  foldOwned,
  type Instant,
  positionOf,
  type Recorded,
  type StreamName,
  streamName,
} from '@ramal/core'
import { type AgentCommand, agentDecider } from '@ramal/workforce'
import { isLeft } from 'fp-ts/lib/Either.js'
import {
  applyToRouting,
  atRest,
  auditor,
  type Decision,
  digestOf,
  excessOf,
  initialState,
  type PassInput,
  type PassResult,
  type Policy,
  passedOver,
  policyDecider,
  type ResolutionEstimated,
  type RoutingState,
  route,
  violations,
} from '../src/index.js'

export interface Pass extends PassInput {
  readonly digest: string
  readonly decisions: readonly Decision[]
  /** Length of the log at the basis. */
  readonly at: number
}

/** A log, deciders and routing, all in step. What breaks an invariant is kept in `broken`, with where it broke. */
export const world = (policy: Policy, start: Instant) => {
  const log: Recorded[] = []
  const streams = new Map<StreamName, { state: unknown; version: number }>()
  const state = initialState()
  const audit = auditor()
  const passes: Pass[] = []
  const broken: string[] = []
  /** Every command that was given, to be given again; and those that are on their way. */
  const given: (() => unknown)[] = []
  const late: (() => unknown)[] = []
  let delayed = false
  let resting = false
  let now = start

  const note = (found: readonly { readonly invariant: string; readonly what: string }[], where: string) => {
    for (const { invariant, what } of found) broken.push(`${where}: ${invariant}: ${what}`)
  }

  const write = <Ev extends Event>(stream: StreamName, event: Ev, by: string): Fact<Ev> => {
    const version = (streams.get(stream)?.version ?? -1) + 1
    const meta = {
      id: `${log.length}`,
      at: now,
      tenant: 't',
      correlationId: by,
      causationId: by,
      schemaVersion: 1,
    }
    const fact: Fact<Ev> = { ...event, meta, stream, version }
    const recorded: Recorded = { ...fact, position: positionOf(log.length + 1), recordedAt: now }
    log.push(recorded)
    resting = false
    const where = `after ${log.length} events (${event.type} of ${stream})`
    note(audit(state, recorded), where)
    // Whether an agent may hold more than they have, the auditor judges by each event.
    note(violations(state, new Set(state.agents.keys())), where)
    return fact
  }

  const apply = <C, Ev extends Event, S, R>(
    decider: Decider<C, Ev, S, R>,
    stream: StreamName,
    event: Ev,
    by: string,
  ): void => {
    const fact = write(stream, event, by)
    const before = streams.get(stream)
    const next = foldOwned(decider.apply, (before?.state as S) ?? decider.initial(), [fact])
    streams.set(stream, { state: next, version: fact.version })
  }

  const run = <C, Ev extends Event, S, R>(
    decider: Decider<C, Ev, S, R>,
    stream: StreamName,
    command: C,
  ): R | undefined => {
    const decide = () =>
      decider.decide(command, (streams.get(stream)?.state as S | undefined) ?? decider.initial())
    const decision = decide()
    if (isLeft(decision)) return decision.left
    for (const event of decision.right) apply(decider, stream, event, 'command')
    const again = decide()
    if (!isLeft(again) && again.right.length > 0)
      broken.push(`given twice, it was carried out twice: ${JSON.stringify(command)}`)
    return undefined
  }

  /** Carries a command out, or keeps it back while commands are delayed. */
  const give = <R>(carryOut: () => R): R | undefined => {
    if (delayed) {
      late.push(carryOut)
      return undefined
    }
    given.push(carryOut)
    return carryOut()
  }

  const writePass = (input: PassInput, decisions: readonly Decision[]): void => {
    passes.push({ ...input, digest: digestOf(state), decisions, at: log.length })
    note(passedOver(state, decisions, now), input.pass)
    for (const { stream, event } of decisions)
      if (stream.startsWith('agent-')) apply(agentDecider, stream, event as never, input.pass)
      else apply(conversationDecider, stream, event as never, input.pass)
  }

  /** Passes until nothing more is decided. */
  const settle = (decide: (state: RoutingState, input: PassInput) => PassResult = route): void => {
    let onlyOffers = false
    for (let i = 0; i < 1000; i++) {
      const input = { pass: `p${passes.length}`, now, basis: positionOf(log.length), onlyOffers }
      const { decisions, keptHouse } = decide(state, input)
      if (decisions.length === 0 && !onlyOffers) {
        note(atRest(state, now), `at rest after ${log.length} events`)
        resting = true
        return
      }
      onlyOffers = keptHouse
      if (decisions.length > 0) writePass(input, decisions)
    }
    throw new Error('Routing does not come to rest.')
  }

  /** Until the moment that routing wants to be woken at, nothing is to be decided. */
  const sleep = (until: Instant): void => {
    const asleep = { pass: 'asleep', basis: positionOf(log.length) }
    const { nextDue = Number.POSITIVE_INFINITY } = route(state, { ...asleep, now })
    if (nextDue <= now) return
    const last = Math.min(until, nextDue - 1)
    const { decisions } = route(state, { ...asleep, now: last })
    for (const { stream, event } of decisions)
      broken.push(`slept from ${now} to ${nextDue}, but at ${last}: ${event.type} of ${stream}`)
  }

  const decidePolicy = (command: Parameters<typeof policyDecider.decide>[0]) =>
    run(policyDecider, 'policy-main', command)
  decidePolicy({ type: 'publish', policy })

  return {
    log,
    state,
    passes,
    broken,
    get now() {
      return now
    },
    conversation: (id: string, command: ConversationCommand) =>
      give(() => run(conversationDecider, streamName('conversation', id), command)),
    agent: (id: string, command: AgentCommand) =>
      give(() => run(agentDecider, streamName('agent', id), command)),
    publish: (next: Policy): void => void decidePolicy({ type: 'publish', policy: next }),
    estimate: (estimates: ResolutionEstimated): void =>
      void decidePolicy({ type: 'estimateResolution', estimates }),
    /** What is commanded within arrives later, when it is delivered. */
    delay(commands: () => void): void {
      delayed = true
      commands()
      delayed = false
    },
    /** One of the commands on their way arrives, whatever has happened since. */
    deliver(n: number): void {
      if (late.length > 0) late.splice(n % late.length, 1)[0]?.()
    },
    /** One of the last commands arrives again. */
    repeat(n: number): void {
      given[given.length - 1 - (n % Math.max(1, given.length))]?.()
    },
    advance(ms: number): void {
      if (resting && ms > 0) sleep(now + ms)
      now += ms
      resting = false
    },
    settle,
    /** Agents who hold more than they have. */
    overcommitted: (): readonly string[] =>
      [...state.agents.values()].filter((agent) => excessOf(agent).size > 0).map(({ id }) => id),
    /** Folds the log again and decides every pass again: what comes out otherwise. */
    replay(): string[] {
      const again = initialState()
      const differences: string[] = []
      let folded = 0
      for (const { digest, decisions, at, ...input } of passes) {
        for (; folded < at; folded++) applyToRouting(again, log[folded]!)
        if (digestOf(again) !== digest) differences.push(`${input.pass}: another state`)
        if (JSON.stringify(route(again, input).decisions) !== JSON.stringify(decisions))
          differences.push(`${input.pass}: other decisions`)
      }
      for (; folded < log.length; folded++) applyToRouting(again, log[folded]!)
      if (digestOf(again) !== digestOf(state)) differences.push('the end: another state')
      return differences
    },
  }
}

export type World = ReturnType<typeof world>
