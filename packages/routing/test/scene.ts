import type { ConversationCommand } from '@ramal/conversation'
import type { AgentProfile } from '@ramal/workforce'
import * as assert from 'uvu/assert'
import type { PolicyData } from '../src/index.js'
import { policyOf } from './steps.js'
import { world } from './world.js'

/** A Monday, at nine. */
export const T0 = Date.UTC(2026, 2, 2, 9)

type Queue = PolicyData['queues'][string]

/** A policy of one queue, `main`, that everything goes to. */
export const onePolicy = (main: Queue = {}, rest: Partial<PolicyData> = {}): PolicyData => ({
  name: 'scene',
  classification: [{ queue: 'main' }],
  queues: { main },
  ...rest,
})

type Opening = Extract<ConversationCommand, { type: 'receive' }>['opening']

/** A world to tell a story in: after each sentence routing comes to rest, and no invariant may be broken. */
export const scene = (data: PolicyData = onePolicy(), start = T0) => {
  const w = world(policyOf(data), start)
  let messages = 0
  const rest = () => {
    w.settle()
    assert.equal(w.broken, [])
  }
  const ticket = (id: string) => {
    const found = w.state.tickets.get(id)
    if (!found) throw new Error(`There is no ticket ${id}.`)
    return found
  }
  const command = (id: string, one: ConversationCommand) => {
    const refusal = w.conversation(id, one)
    rest()
    return refusal
  }
  const offerOf = (id: string, agent?: string) => {
    const found = [...ticket(id).offers].find(([, offer]) => agent === undefined || offer.agent === agent)
    if (!found) throw new Error(`There is no offer of ${id}${agent ? ` to ${agent}` : ''}.`)
    return { offer: found[0], agent: found[1].agent }
  }
  return {
    w,
    ticket,
    rest,
    command,
    /** Registers an agent, signed in and available. */
    hire(id: string, profile: Partial<AgentProfile> = {}) {
      const defaults = { kind: 'human', skills: {}, capacity: { total: 1 }, queues: ['main'] } as const
      w.agent(id, { type: 'register', profile: { ...defaults, ...profile } })
      w.agent(id, { type: 'signIn' })
      w.agent(id, { type: 'becomeAvailable' })
      rest()
    },
    agent(id: string, ...commands: readonly Parameters<typeof w.agent>[1][]) {
      for (const one of commands) assert.is(w.agent(id, one), undefined)
      rest()
    },
    /** A customer writes; the first message opens the ticket. */
    come(id: string, opening: Partial<Opening> = {}) {
      const known = w.state.tickets.get(id)
      const first = { channel: known?.channel ?? 'whatsapp', endpoint: 'e', customer: id, ...opening }
      const content = { kind: 'text', text: 'x' } as const
      return command(id, { type: 'receive', message: `m${++messages}`, content, opening: first })
    },
    /** Several customers write before routing looks. */
    comeTogether(...ids: readonly string[]) {
      for (const id of ids)
        w.conversation(id, {
          type: 'receive',
          message: `m${++messages}`,
          content: { kind: 'text', text: 'x' },
          opening: { channel: 'whatsapp', endpoint: 'e', customer: id },
        })
      rest()
    },
    offerOf,
    /** To whom it is offered, in the order of the offers. */
    offered: (id: string): readonly string[] => [...ticket(id).offers.values()].map(({ agent }) => agent),
    accept(id: string, agent?: string) {
      const offer = offerOf(id, agent)
      assert.is(command(id, { type: 'acceptOffer', ...offer }), undefined)
      return offer.agent
    },
    decline(id: string, agent?: string, retryAt?: number) {
      assert.is(command(id, { type: 'declineOffer', ...offerOf(id, agent), retryAt }), undefined)
    },
    /** Who has it says that it is solved. */
    resolve(id: string, wrapUpFor?: number) {
      const by = { kind: 'human', id: ticket(id).assigned?.agent } as const
      const wrapUpUntil = wrapUpFor === undefined ? undefined : w.now + wrapUpFor
      assert.is(command(id, { type: 'resolve', by, disposition: 'done', wrapUpUntil }), undefined)
    },
    wait(ms: number) {
      w.advance(ms)
      rest()
    },
    publish(next: PolicyData) {
      w.publish(policyOf(next))
      rest()
    },
    /** Types of the events of a ticket, in order. */
    story: (id: string): readonly string[] =>
      w.log.filter(({ stream }) => stream === `conversation-${id}`).map(({ type }) => type),
  }
}

export type Scene = ReturnType<typeof scene>
