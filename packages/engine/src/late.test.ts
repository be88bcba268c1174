import { memoryStore } from '@ramal/core'
import { faultyStore, suite } from '@ramal/testing'
import { isSome } from 'fp-ts/lib/Option.js'
import * as assert from 'uvu/assert'
import { type Desk, openDesk, T0, text } from '../test/desk.js'
import { earlyReports } from './early-reports.js'

const test = suite('reports that come before what they are about')

const edit = (id: string, of: string, body: string) => ({
  ...{ from: '15550111', id, timestamp: String(T0 / 1000), type: 'edit' },
  edit: { original_message_id: of, message: { type: 'text', text: { body } } },
})

const edits = async (desk: Desk) => (await desk.log()).filter(({ type }) => type === 'MessageEdited').length

test('an edit waits for its message, also over a restart', async () => {
  const store = memoryStore()
  const before = await openDesk({ store })
  await before.post({ messages: [edit('e1', 'm1', 'hello!')] })
  assert.is(await edits(before), 0)
  await before.ramal.stop()
  const after = await openDesk({ store })
  await after.post({ messages: [text('15550111', 'm1', 'helo')] })
  assert.is(await edits(after), 1)
  const customer = (await after.log()).find(({ type }) => type === 'CustomerIdentified')!.stream.slice(9)
  const context = await after.ramal.contextOf(customer)
  assert.ok(isSome(context))
  const [said] = context.value.last
  assert.equal(said?.content, { kind: 'text', text: 'hello!' })
  await after.ramal.stop()
  // What is settled is not settled again by whoever reads the log next.
  const again = await openDesk({ store })
  await again.ramal.settled()
  assert.is(await edits(again), 1)
  await again.ramal.stop()
})

test('two engines settle it once', async () => {
  const store = memoryStore()
  const [one, two] = [await openDesk({ store, name: 'one' }), await openDesk({ store, name: 'two' })]
  await one.post({ messages: [edit('e1', 'm1', 'hello!')] })
  await two.post({ messages: [text('15550111', 'm1', 'helo')] })
  await Promise.all([one.ramal.settled(), two.ramal.settled()])
  assert.is(await edits(one), 1)
  await one.ramal.stop()
  await two.ramal.stop()
})

test('what cannot be written now is written later, and nobody waits for it', async () => {
  let broken = true
  const store = faultyStore(memoryStore(), ({ writes }) =>
    broken && writes.some(({ events }) => events.some(({ type }) => type === 'MessageEdited'))
      ? { fault: 'unavailable' }
      : undefined,
  )
  const desk = await openDesk({ store })
  await desk.post({ messages: [edit('e1', 'm1', 'hello!')] })
  await desk.post({ messages: [text('15550111', 'm1', 'helo')] })
  assert.is(await edits(desk), 0)
  assert.ok(desk.trouble.length > 0)
  broken = false
  await desk.advance(1_000)
  assert.is(await edits(desk), 1)
  await desk.ramal.stop()
})

test('reports of messages that are never ours do not fill the memory', () => {
  const reports = earlyReports(() => false)
  const of = (n: number) => ({
    ...{ kind: 'status' as const, to: 'sent' as const, dedupeKey: `d${n}`, providerId: `p${n}` },
    ...{ at: T0, endpoint: 'e', peer: [] },
  })
  for (let n = 0; n < 60_000; n++) reports.kept('sms', of(n))
  reports.known('sms/p0')
  assert.is(reports.ready.size, 0)
  reports.known('sms/p59999')
  assert.is(reports.ready.size, 1)
})

test.run()
