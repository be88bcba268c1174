import type { ChannelEvent, ChannelHost } from '@ramal/channel'
import { type Clock, systemClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { startSmsc } from '../test/smsc.js'
import { reporter } from './report.js'
import { smppSms } from './smpp.js'
import { decodeDeliver, readReceipt } from './smpp-pdu.js'

const test = suite('SMPP')

/** The pauses between attempts take a tenth of their time. */
const hasty: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
}

const until = async (holds: () => boolean) => {
  for (let i = 0; !holds(); i++) {
    if (i > 400) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const connect = async (options: { readonly password?: string; readonly timeout?: number } = {}) => {
  const smsc = await startSmsc()
  const events: ChannelEvent[] = []
  const troubles: string[] = []
  let failing = false
  const host: ChannelHost = {
    clock: hasty,
    ingest: async (reported) => {
      if (failing) throw new Error('the log cannot be written')
      events.push(...reported)
      return reported.map((event) => ({ event, duplicate: false }))
    },
    liveCalls: async () => [],
    threads: {
      read: () => {
        throw new Error('nobody reads')
      },
    },
  }
  const adapter = smppSms({
    numbers: [{ id: '2020' }],
    host: '127.0.0.1',
    port: smsc.port,
    systemId: 'ramal',
    password: 'secret',
    timeout: 20_000,
    clock: hasty,
    onTrouble: (error) => troubles.push(error.message),
    ...options,
  })
  const send = (text: string, validFor?: number) =>
    adapter.send({
      message: 'c.m1',
      endpoint: '2020',
      to: { kind: 'e164', value: '+5511987654321' },
      content: { kind: 'text', text },
      sender: 'human',
      ...(validFor === undefined ? {} : { validFor }),
    })()
  const stop = new AbortController()
  const ended = adapter.start!(host, stop.signal)
  return {
    smsc,
    adapter,
    events,
    troubles,
    fail: (on: boolean) => {
      failing = on
    },
    send,
    /** The centre has let us in, and we know it. */
    ready: async () => {
      let last = ''
      await until(() => smsc.binds() > 0)
      for (let i = 0; i < 400; i++) {
        const sent = await send('are you there?')
        last = E.isLeft(sent) ? sent.left.reason : ''
        if (last !== 'There is no session with the SMSC.') break
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      assert.is(last, '')
      smsc.submitted.length = 0
    },
    stop: async () => {
      stop.abort()
      await ended
      await smsc.close()
    },
  }
}

const inbound = { source_addr: '5511987654321', destination_addr: '2020' }

test('sends a text, in the alphabet that it needs', async () => {
  const link = await connect()
  await link.ready()
  const sent = await link.send('plain')
  assert.equal(sent, E.right({ providerId: 'id1', parts: 1 }))
  await link.send('não')
  const [plain, unicode] = link.smsc.submitted
  assert.equal(
    [plain?.data_coding, plain?.registered_delivery, plain?.destination_addr],
    [0, 1, '5511987654321'],
  )
  assert.equal([unicode?.data_coding, unicode?.short_message], [8, { message: 'não' }])
  await link.stop()
})

test('tells the centre how long a message is of use', async () => {
  const link = await connect()
  await link.ready()
  await link.send('until tomorrow', 86_400_000)
  await link.send('whenever')
  // The other side reads what is relative as a moment.
  const [until, whenever] = link.smsc.submitted.map((pdu) => pdu.validity_period)
  await link.stop()
  assert.ok(
    until instanceof Date && Math.abs(until.getTime() - Date.now() - 86_400_000) < 60_000,
    String(until),
  )
  assert.is(whenever, '')
})

test('sends a long text in parts that the other side can join', async () => {
  const link = await connect()
  await link.ready()
  const text = 'ã'.repeat(150)
  const sent = await link.send(text)
  assert.equal(sent, E.right({ providerId: 'id3', parts: 3 }))
  const report = reporter('smpp', [{ id: '2020' }])
  const parts = link.smsc.submitted.flatMap((pdu) =>
    decodeDeliver({ ...pdu, esm_class: 0x40 }, 'x', 0, report),
  )
  assert.equal(
    parts.map((part) => part.kind === 'messagePart' && [part.part, part.total]),
    [
      [1, 3],
      [2, 3],
      [3, 3],
    ],
  )
  assert.is(parts.map((part) => (part.kind === 'messagePart' ? part.text : '')).join(''), text)
  assert.is(new Set(parts.map((part) => part.kind === 'messagePart' && part.whole)).size, 1)
  assert.equal(
    link.smsc.submitted.map((pdu) => pdu.registered_delivery),
    [0, 0, 1],
  )
  await link.stop()
})

test('takes a message, a part of one and a receipt, and answers only when they are in the log', async () => {
  const link = await connect()
  await link.ready()
  const one = { ...inbound, short_message: { message: 'Olá' } }
  link.fail(true)
  assert.is(await link.smsc.deliver(one), 0x64)
  link.fail(false)
  assert.is(await link.smsc.deliver(one), 0)
  const udh = Buffer.from([5, 0, 3, 77, 2, 1])
  assert.is(
    await link.smsc.deliver({ ...inbound, esm_class: 0x40, short_message: { udh, message: 'half' } }),
    0,
  )
  const receipt =
    'id:id1 sub:001 dlvrd:001 submit date:2411221200 done date:2411221201 stat:DELIVRD err:000 text:x'
  assert.is(await link.smsc.deliver({ ...inbound, esm_class: 4, short_message: { message: receipt } }), 0)
  const [message, part, status] = link.events
  assert.is(link.events.length, 3)
  assert.equal(message?.kind === 'message' && [message.content, message.peer[0]?.value, message.endpoint], [
    { kind: 'text', text: 'Olá' },
    '+5511987654321',
    '2020',
  ])
  assert.equal(part?.kind === 'messagePart' && [part.part, part.total, part.text], [1, 2, 'half'])
  assert.equal(status?.kind === 'status' && [status.providerId, status.to], ['id1', 'delivered'])
  await link.stop()
})

test('a report is a report, in whatever form a centre sends it', async () => {
  const link = await connect()
  await link.ready()
  const text =
    'id:id1 sub:001 dlvrd:000 submit date:2411221200 done date:2411221201 stat:ENROUTE err:000 text:x'
  const fields = { ...inbound, esm_class: 0x20, short_message: { message: text } }
  assert.is(await link.smsc.deliver(fields), 0)
  const [receipted_message_id, message_state] = ['id1', 2]
  assert.is(await link.smsc.deliver({ ...inbound, receipted_message_id, message_state }, 'data_sm'), 0)
  assert.equal(
    link.events.map((event) => event.kind === 'status' && [event.providerId, event.to]),
    [
      ['id1', 'sent'],
      ['id1', 'delivered'],
    ],
  )
  const report = reporter('smpp', [{ id: '2020' }])
  const asBytes = Buffer.from('id:id2 stat:UNDELIVERABLE err:011')
  const [failed] = decodeDeliver(
    { ...inbound, esm_class: 4, short_message: { message: asBytes } },
    'x',
    0,
    report,
  )
  assert.equal(failed?.kind === 'status' && [failed.providerId, failed.to, failed.code], [
    'id2',
    'failed',
    '011',
  ])
  await link.stop()
})

test('says what became of a send: throttled, refused, not answered', async () => {
  const link = await connect({ timeout: 1_000 })
  await link.ready()
  const outcome = async (how: Parameters<typeof link.smsc.answer>[0]) => {
    link.smsc.answer(how)
    const sent = await link.send('x')
    return E.isLeft(sent) ? sent.left.class : 'sent'
  }
  assert.is(await outcome(() => ({ command_status: 0x58 })), 'retry')
  assert.is(await outcome(() => ({ command_status: 0x0b })), 'recipient')
  assert.is(await outcome(() => undefined), 'uncertain')
  await link.stop()
})

test('comes back after the connection is lost, and says so', async () => {
  const link = await connect()
  await link.ready()
  link.smsc.drop()
  await until(() => link.smsc.binds() === 2)
  assert.is(await link.smsc.deliver({ ...inbound, short_message: { message: 'again' } }), 0)
  assert.ok(link.troubles.length > 0)
  await link.stop()
})

test('a wrong password is trouble that is told, and nothing is sent', async () => {
  const link = await connect({ password: 'wrong' })
  await until(() => link.troubles.length > 0)
  assert.match(link.troubles[0]!, /did not let us in: status 14/)
  const sent = await link.send('x')
  assert.is(E.isLeft(sent) && sent.left.class, 'retry')
  await link.stop()
})

test('any message of a centre is read, whatever its fields hold', () => {
  const report = reporter('smpp', [{ id: '2020' }])
  const value = fc.oneof(
    fc.anything(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc.record({
      message: fc.anything(),
      udh: fc.array(fc.uint8Array({ maxLength: 8 }).map((b) => Buffer.from(b))),
    }),
  )
  const name = fc.constantFrom(
    ...['source_addr', 'destination_addr', 'short_message', 'message_payload', 'esm_class', 'message_state'],
    ...['receipted_message_id', 'sar_msg_ref_num', 'sar_total_segments', 'sar_segment_seqnum'],
  )
  fc.assert(
    fc.property(fc.dictionary(name, value), (fields) => {
      const events = decodeDeliver(fields, 'id', 0, report)
      assert.ok(events.length > 0)
      for (const event of events) assert.equal(JSON.parse(JSON.stringify(event)), event)
    }),
    { numRuns: 1000 },
  )
  assert.equal(readReceipt('ID:a1 STAT:delivrd ERR:000'), { id: 'a1', stat: 'DELIVRD', err: '000' })
})

test.run()
