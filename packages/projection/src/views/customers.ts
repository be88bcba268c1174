import { type ConversationEvent, conversationEvents } from '@ramal/conversation'
import { dictionary, idOf, type Position, type Recorded } from '@ramal/core'
import { type CustomerEvent, customerEvents } from '@ramal/customer'
import { jsonSnapshot, type Projection, reading } from '../projection.js'

export interface IndexedConversation {
  readonly conversation: string
  readonly opened: Position
  /** Where it ended, while it has not been reopened since. */
  ended: Position | undefined
}

/** Which conversations a customer has had. Names only: what was said stays in the log. JSON. */
export interface CustomerIndex {
  /** By the customer under whose identifier they were opened, in the order of the log. */
  readonly conversations: Record<string, IndexedConversation[]>
  /** Whose a conversation is. */
  readonly of: Record<string, string>
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

const find = ({ conversations, of }: CustomerIndex, conversation: string) =>
  conversations[of[conversation] ?? '']?.findLast((one) => one.conversation === conversation)

export const customerIndexProjection = (): Projection<CustomerIndex> => ({
  name: 'customer-index',
  version: 2,
  types: [
    'ConversationOpened',
    'ConversationResolved',
    'ConversationAbandoned',
    'ConversationClosed',
    'ConversationReopened',
    'CustomersMerged',
    'CustomersSplit',
  ],
  categories: ['conversation', 'customer'],
  initial: () => ({
    conversations: dictionary(),
    of: dictionary(),
    into: dictionary(),
    merged: dictionary(),
  }),
  apply(state, recorded: Recorded) {
    const event = read(recorded)
    const id = idOf(recorded.stream)
    switch (event?.type) {
      case 'ConversationOpened': {
        const { customer, alias = customer } = event.data
        state.of[id] = alias
        state.conversations[alias] ??= []
        state.conversations[alias]!.push({ conversation: id, opened: event.position, ended: undefined })
        return
      }
      case 'ConversationResolved':
      case 'ConversationAbandoned':
      case 'ConversationClosed': {
        // What is resolved first and closed later ended when it was resolved.
        const one = find(state, id)
        if (one) one.ended ??= event.position
        return
      }
      case 'ConversationReopened': {
        const one = find(state, id)
        if (one) one.ended = undefined
        return
      }
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

/** All ids of the person behind a customer id, the one that survives first. */
export const membersOf = (index: Readonly<CustomerIndex>, customer: string): readonly string[] => {
  const found = new Set<string>()
  const visit = (id: string) => {
    if (found.has(id)) return
    found.add(id)
    for (const merged of index.merged[id] ?? []) visit(merged)
  }
  visit(rootOf(index, customer))
  return [...found]
}

/** All conversations of the person behind a customer id, on every channel, in the order of the log. */
export const indexedOf = (
  index: Readonly<CustomerIndex>,
  customer: string,
): readonly Readonly<IndexedConversation>[] =>
  membersOf(index, customer)
    .flatMap((id) => index.conversations[id] ?? [])
    .sort((a, b) => (a.opened < b.opened ? -1 : 1))

export const conversationsOf = (index: Readonly<CustomerIndex>, customer: string): readonly string[] =>
  indexedOf(index, customer).map(({ conversation }) => conversation)
