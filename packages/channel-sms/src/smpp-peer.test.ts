import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ChannelEvent, ChannelHost } from '@ramal/channel'
import { systemClock } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { smppSms } from './smpp.js'

const test = suite('SMPP with a centre of another make')

const isThere = spawnSync('perl', ['-MNet::SMPP', '-e', '1'], { timeout: 10_000 }).status === 0
if (!isThere)
  console.log(
    '  There is no Net::SMPP (Debian: libnet-smpp-perl): SMPP is tried only against the package `smpp`.',
  )

/** Net::SMPP as the message centre, and what it says. */
const startCentre = async () => {
  const child = spawn('perl', [fileURLToPath(new URL('../test/smsc.pl', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: (readonly string[])[] = []
  let told = () => {}
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line.split(' '))
    told()
  })
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise<void>((resolve) => (told = resolve))
  }
  await until(() => lines.length > 0)
  return {
    port: Number(lines[0]![1]),
    said: (what: string) => lines.filter(([word]) => word === what).map(([, ...rest]) => rest),
    until,
    poke: () => told(),
    stop: () => child.kill('SIGKILL'),
  }
}

;(isThere ? test : test.skip)(
  'texts of both alphabets, short and long, come back as they went, and receipts find their message',
  async () => {
    const centre = await startCentre()
    const events: ChannelEvent[] = []
    const host: ChannelHost = {
      clock: systemClock,
      liveCalls: async () => [],
      ingest: async (reported) => {
        events.push(...reported)
        centre.poke()
        return reported.map((event) => ({ event, duplicate: false }))
      },
      threads: {
        read: () => {
          throw new Error('nobody reads')
        },
      },
    }
    const troubles: string[] = []
    const adapter = smppSms({
      numbers: [{ id: '2020' }],
      host: '127.0.0.1',
      port: centre.port,
      systemId: 'ramal',
      password: 'secret',
      onTrouble: ({ message }) => troubles.push(message),
    })
    const stop = new AbortController()
    const ended = adapter.start!(host, stop.signal)
    try {
      let sends = 0
      const send = async (
        text: string,
      ): Promise<E.Either<{ readonly reason: string }, { readonly providerId: string }>> =>
        adapter.send({
          message: `c.m${++sends}`,
          endpoint: '2020',
          to: { kind: 'e164', value: '+5511987654321' },
          content: { kind: 'text', text },
          sender: 'human',
        })()
      const texts = ['Your parcel is on its way @ 10 €', 'Não chegou? 👋', 'x'.repeat(400), 'ã'.repeat(150)]
      for (const text of texts) {
        let sent = await send(text)
        for (let i = 0; E.isLeft(sent) && /no session/.test(sent.left.reason) && i < 200; i++) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          sent = await send(text)
        }
        assert.ok(E.isRight(sent), JSON.stringify(sent))
      }
      // One, one, three and three parts.
      await centre.until(() => centre.said('SUBMIT').length === 8)
      const submitted = centre.said('SUBMIT')
      const wanted = submitted.length + submitted.filter(([, , , receipt]) => receipt === '1').length
      await centre.until(() => events.length >= wanted && centre.said('TAKEN').length >= wanted)
      assert.ok(centre.said('TAKEN').every(([status]) => status === '0'))

      const whole: string[] = []
      const parts = new Map<string, string[]>()
      for (const event of events) {
        if (event.kind === 'message' && event.content.kind === 'text') whole.push(event.content.text)
        if (event.kind !== 'messagePart') continue
        const together = parts.get(event.whole) ?? []
        together[event.part - 1] = event.text
        parts.set(event.whole, together)
        if (together.filter((text) => text !== undefined).length === event.total)
          whole.push(together.join(''))
      }
      assert.equal(whole, texts)
      const delivered = events.flatMap((e) => (e.kind === 'status' ? [[e.providerId, e.to]] : []))
      const receipts = submitted.filter(([, , , receipt]) => receipt === '1').map(([id]) => [id, 'delivered'])
      assert.equal(delivered, receipts)
      assert.is(receipts.length, texts.length)
      assert.equal(troubles, [])
    } finally {
      stop.abort()
      await ended
      centre.stop()
    }
  },
  { timeout: 30_000 },
)

test.run()
