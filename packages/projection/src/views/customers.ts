import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { idOf, type Recorded } from '@ramal/core'
import { type CustomerEvent, customerEvents } from '@ramal/customer'
import { jsonSnapshot, type Projection, reading } from '../projection.js'

/** Which conversations a customer has had. Names only: what was said stays in the log. JSON. */
export interface CustomerIndex {
  /** Conversations by the customer they were opened for, in the order of the log. */
  readonly conversations: Record<string, string[]>
  /** The customer that a merged one belongs to. */
  readonly into: Record<string, string>
  /** Customers merged into one, in the order of the log. */
  readonly merged: Record<string, string[]>
}

const read = reading<ConversationEvent | CustomerEvent>(conversationEvents, customerEvents)

const leave = (state: CustomerIndex, customer: string): void => {
  const from = state.into[customer]
  if (from === undefined) return
  state.merged[from] = (state.merged[from] ?? []).filter((id) => id !== customer)
  delete state.into[customer]
}

export const customerIndexProjection = (): Projection<CustomerIndex> => ({
  name: 'customer-index',
  version: 1,
  types: ['ConversationOpened', 'CustomersMerged', 'CustomersSplit'],
  categories: ['conversation', 'customer'],
  initial: () => ({ conversations: {}, into: {}, merged: {} }),
  apply(state, recorded: Recorded) {
    const event = read(recorded)
    const id = idOf(recorded.stream)
    switch (event?.type) {
      case 'ConversationOpened':
        state.conversations[event.data.customer] ??= []
        state.conversations[event.data.customer]!.push(id)
        return
      case 'CustomersMerged':
        leave(state, event.data.merged)
        state.into[event.data.merged] = id
        state.merged[id] ??= []
        state.merged[id]!.push(event.data.merged)
        return
      case 'CustomersSplit':
        return leave(state, event.data.split)
    }
  },
  snapshot: jsonSnapshot(),
})

/** Who a customer is today, after all merges. */
export const rootOf = ({ into }: Readonly<CustomerIndex>, customer: string): string => {
  const seen = new Set<string>()
  let root = customer
  while (into[root] !== undefined && !seen.has(root)) {
    seen.add(root)
    root = into[root]!
  }
  return root
}

/** All conversations of the person behind a customer id, on every channel. */
export const conversationsOf = (index: Readonly<CustomerIndex>, customer: string): readonly string[] => {
  const found: string[] = []
  const seen = new Set<string>()
  const visit = (id: string) => {
    if (seen.has(id)) return
    seen.add(id)
    found.push(...(index.conversations[id] ?? []))
    for (const merged of index.merged[id] ?? []) visit(merged)
  }
  visit(rootOf(index, customer))
  return found
}
