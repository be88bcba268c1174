import { tmpdir } from 'node:os'
import { type Bench, fdatasyncFloor, interleave, jsonParseFloor } from './harness.js'

const event = (i: number) => ({
  type: 'MessageReceived',
  data: {
    messageId: `m-${i}`,
    from: `+3516100000${i % 100}`,
    content: { kind: 'text', text: 'Is it open?' },
  },
  meta: {
    id: `e-${i}`,
    at: 1_700_000_000_000 + i,
    tenant: 'demo',
    correlationId: `c-${i}`,
    schemaVersion: 1,
  },
  stream: `conversation-${i % 1000}`,
  version: i % 10,
})

export const bench: Bench = {
  name: 'floors',
  description:
    'What this machine can do at best, whatever the program: parse small JSON events, and make 4 KiB durable at ' +
    'a time in the folder for temporary files.',
  async run({ quick, figure }) {
    const texts = Array.from({ length: quick ? 20_000 : 200_000 }, (_, i) => JSON.stringify(event(i)))
    const rounds = quick ? 3 : 7
    const { parse, sync } = await interleave(
      {
        parse: jsonParseFloor(texts),
        sync: fdatasyncFloor({ directory: tmpdir(), count: quick ? 100 : 500 }),
      },
      { rounds },
    )
    figure({ figure: `JSON.parse of ${texts[0]!.length} characters`, value: parse.best, unit: 'events/s' })
    figure({ figure: 'write 4 KiB and fdatasync', value: sync.best, unit: 'syncs/s' })
  },
}
