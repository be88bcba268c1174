import { conversationDecider, conversationReducer } from '@ramal/conversation'
import { type EventStore, load, memoryStore, START, streamName } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { conversations } from './conversations.js'

const test = suite('conversations that are written without being read')

const opening = { channel: 'whatsapp', endpoint: '1', customer: 'ana' }
const said = (message: string) => ({
  type: 'receive' as const,
  message,
  content: { kind: 'text' as const, text: message },
  opening,
})
const contextFor = (message: string) => ({ commandId: message, at: 1, tenant: 'test', once: message })

/** How many times each method of a store was called. */
const counted = (store: EventStore) => {
  const calls = { read: 0, append: 0 }
  return {
    calls,
    store: {
      ...store,
      read: (...args: Parameters<EventStore['read']>) => {
        calls.read++
        return store.read(...args)
      },
      append: (...args: Parameters<EventStore['append']>) => {
        calls.append++
        return store.append(...args)
      },
    } satisfies EventStore,
  }
}

const take = async (book: ReturnType<typeof conversations>, conversation: string, message: string) => {
  const result = await book.carryOut(conversationDecider, conversation, said(message), contextFor(message))
  assert.ok(E.isRight(result), JSON.stringify(result))
  return result.right
}

test('a conversation is read once, and then only where others wrote', async () => {
  const { store, calls } = counted(memoryStore())
  const ours = conversations(store)
  const theirs = conversations(store)
  await take(ours, 'c', 'm1')
  await take(ours, 'c', 'm2')
  assert.equal(calls, { read: 1, append: 2 })
  await take(theirs, 'c', 'm3')
  assert.equal(calls, { read: 2, append: 3 })
  // It thinks that m2 is the last: the append says no, and what is new is read.
  await take(ours, 'c', 'm4')
  assert.equal(calls, { read: 3, append: 5 })
})

test('what others write is followed, so that it need not be read', async () => {
  const { store, calls } = counted(memoryStore())
  const [ours, theirs] = [conversations(store), conversations(store)]
  const stopping = new AbortController()
  await take(ours, 'c', 'm1')
  const following = ours.follow(stopping.signal)
  await take(theirs, 'c', 'm2')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(calls, { read: 2, append: 2 })
  await take(ours, 'c', 'm3')
  assert.equal(calls, { read: 2, append: 3 })
  stopping.abort()
  await following
  const { state, version } = await load(store, conversationReducer, streamName('conversation', 'c'))
  assert.equal([version, Object.keys(state.received)], [3, ['m1', 'm2', 'm3']])
})

test('what would write nothing is decided on what the log says', async () => {
  const { store } = counted(memoryStore())
  const [ours, theirs] = [conversations(store), conversations(store)]
  await take(ours, 'c', 'm1')
  const close = { type: 'close', reason: 'over' } as const
  await theirs.carryOut(conversationDecider, 'c', close, { commandId: 'x', at: 1, tenant: 'test' })
  const late = await ours.carryOut(conversationDecider, 'c', said('m2'), contextFor('m2'))
  assert.is(E.isLeft(late) && late.left._tag === 'ConversationRefusal' && late.left.reason, 'closed')
  const again = await take(ours, 'c', 'm1')
  assert.equal([again.events.length, again.repeated], [0, false])
})

test('any messages through any engines at once: each once, and every state is that of the log', async () => {
  const word = fc.record({
    engine: fc.nat(2),
    conversation: fc.constantFrom('a', 'b', 'c'),
    message: fc.nat(15),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 60 }), async (words) => {
      const store = memoryStore()
      // So little room that states are forgotten all the time.
      const engines = [conversations(store, 6), conversations(store), conversations(store)]
      const nameOf = (c: string, m: number) => `${c}${m}`
      await Promise.all(
        words.map(({ engine, conversation, message }) =>
          take(engines[engine]!, conversation, nameOf(conversation, message)),
        ),
      )
      const received: string[] = []
      for await (const { events } of store.readAll({ after: START, types: ['MessageReceived'] }))
        received.push(...events.map(({ data }) => (data as { message: string }).message))
      const wanted = new Set(words.map(({ conversation, message }) => nameOf(conversation, message)))
      assert.equal([...received].sort(), [...wanted].sort())
      for (const conversation of new Set(words.map((w) => w.conversation))) {
        const { state } = await load(store, conversationReducer, streamName('conversation', conversation))
        const [first] = Object.keys(state.received)
        for (const engine of engines) assert.is((await take(engine, conversation, first!)).events.length, 0)
      }
    }),
    { numRuns: 60 },
  )
})

test.run()
