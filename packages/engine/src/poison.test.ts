import type { ChannelEvent } from '@ramal/channel'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { NUMBER, openDesk, T0 } from '../test/desk.js'

const test = suite('what cannot be written as what it says it is')

const peer = [{ kind: 'wa_id', value: '15550111', verified: true }] as const
const base = (dedupeKey: string) => ({ dedupeKey, at: T0, endpoint: NUMBER, peer })

test('it is kept, once, and what came with it is taken', async () => {
  const desk = await openDesk()
  const nameless: ChannelEvent = {
    ...base('t1'),
    peer: [],
    kind: 'templateChanged',
    template: '',
    change: 'status',
    to: 'APPROVED',
  }
  const message: ChannelEvent = {
    ...base('m1'),
    kind: 'message',
    providerId: 'wamid.1',
    content: { kind: 'text', text: 'hi' },
  }
  for (let i = 0; i < 2; i++) await desk.ramal.ingest('whatsapp', [nameless, message])
  await desk.ramal.settled()
  const log = await desk.log()
  const kept = log.filter(({ type }) => type === 'ReportKept')
  assert.is(kept.length, 1)
  assert.match(JSON.stringify(kept[0]!.data), /does not fit its codec/)
  assert.is(log.filter(({ type }) => type === 'MessageReceived').length, 1)
  await desk.ramal.stop()
})

test.run()
