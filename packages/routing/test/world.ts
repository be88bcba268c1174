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
  type AgentState,
  applyToRouting,
  type Decision,
  digestOf,
  initialState,
  type PassInput,
  type PassResult,
  type Policy,
  policyDecider,
  type RoutingState,
  route,
  violations,
} from '../src/index.js'

interface Pass extends PassInput {
  readonly digest: string
  readonly decisions: readonly Decision[]
  /** Length of the log at the basis. */
  readonly at: number
}

const isFlagged = ({ data }: Event): boolean => (data as { overcommitted?: boolean }).overcommitted === true

const keepsCaps = ({ counts, capacity: { caps = {} } }: AgentState): boolean =>
  [...counts].every(([channel, count]) => count <= (caps[channel] ?? Number.POSITIVE_INFINITY))

/** A log, deciders and routing, all in step: every command is decided at once, and then routing runs to rest. */
export const world = (policy: Policy, start: Instant) => {
  const log: Recorded[] = []
  const streams = new Map<StreamName, { state: unknown; version: number }>()
  const state = initialState()
  const passes: Pass[] = []
  const overcommitted = new Set<string>()
  const broken: string[] = []
  let now = start

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
    applyToRouting(state, recorded)
    // A capacity that was lowered below what is in use holds for what comes next.
    for (const agent of state.agents.values())
      if (agent.load - agent.interruptible <= agent.capacity.total && keepsCaps(agent))
        overcommitted.delete(agent.id)
      else if (event.type === 'CapacityChanged' || event.type === 'AgentRegistered' || isFlagged(event))
        overcommitted.add(agent.id)
    for (const { invariant, what } of violations(state, overcommitted))
      broken.push(`after ${log.length} events (${event.type}): ${invariant}: ${what}`)
    return fact
  }

  const run = <C, Ev extends Event, S, R>(
    decider: Decider<C, Ev, S, R>,
    stream: StreamName,
    command: C,
  ): R | undefined => {
    const before = (streams.get(stream) as { state: S; version: number } | undefined) ?? {
      state: decider.initial(),
      version: -1,
    }
    const decision = decider.decide(command, before.state)
    if (isLeft(decision)) return decision.left
    for (const event of decision.right) apply(decider, stream, event, 'command')
    return undefined
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

  /** Passes until nothing more is decided, by `decide`. */
  const settle = (decide: (state: RoutingState, input: PassInput) => PassResult = route): void => {
    let onlyOffers = false
    for (let i = 0; i < 1000; i++) {
      const input = { pass: `p${passes.length}`, now, basis: positionOf(log.length), onlyOffers }
      const { decisions, keptHouse } = decide(state, input)
      if (decisions.length === 0 && !onlyOffers) return
      onlyOffers = keptHouse
      if (decisions.length === 0) continue
      passes.push({ ...input, digest: digestOf(state), decisions, at: log.length })
      for (const { stream, event } of decisions)
        if (stream.startsWith('agent-')) apply(agentDecider, stream, event as never, input.pass)
        else apply(conversationDecider, stream, event as never, input.pass)
    }
    throw new Error('Routing does not come to rest.')
  }

  run(policyDecider, 'policy-main', { type: 'publish', policy })

  return {
    log,
    state,
    passes,
    broken,
    get now() {
      return now
    },
    conversation: (id: string, command: ConversationCommand) =>
      run(conversationDecider, streamName('conversation', id), command),
    agent: (id: string, command: AgentCommand) => run(agentDecider, streamName('agent', id), command),
    advance(ms: number) {
      now += ms
    },
    settle,
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
