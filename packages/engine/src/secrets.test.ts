import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { format, inspect } from 'node:util'
import { whatsapp } from '@ramal/channel-whatsapp'
import { type EventStore, memoryStore, StoreError } from '@ramal/core'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { BIA, NUMBER, openDesk, SECRET, sign, text, webhook } from '../test/desk.js'

const test = suite('secrets of the options')

const VERIFY_TOKEN = 'the-token-that-was-typed-into-the-dashboard'
const ACCESS_TOKEN = 'EAAG-the-token-that-sends'
const SECRETS = [SECRET, VERIFY_TOKEN, ACCESS_TOKEN]

/** All that a process says while something runs: its console, its two streams, its warnings. */
const listening = () => {
  const heard: string[] = []
  const restore: (() => void)[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write
    stream.write = ((chunk: unknown, ...rest: never[]) => {
      heard.push(String(chunk))
      return write.call(stream, chunk as string, ...rest)
    }) as typeof stream.write
    restore.push(() => {
      stream.write = write
    })
  }
  for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    const say = console[level]
    console[level] = (...words: unknown[]) => void heard.push(format(...words))
    restore.push(() => {
      console[level] = say
    })
  }
  const warned = (warning: Error) => heard.push(inspect(warning, { depth: 9 }))
  process.on('warning', warned)
  restore.push(() => process.off('warning', warned))
  const stop = () => {
    for (const undo of restore) undo()
  }
  return { heard, stop }
}

/** Each way in which a provider repeats what it was sent: in its answer, or in the error of a broken connection. */
const repeating: readonly ((url: string, authorization: string) => Response)[] = [
  (url, authorization) =>
    Response.json({ error: { code: 190, message: `Bad token ${authorization} at ${url}` } }, { status: 401 }),
  (url, authorization) => new Response(`<html>${url} ${authorization}</html>`, { status: 502 }),
  (_, authorization) => Response.json({ messages: [], token: authorization.split(' ')[1] }),
  (url, authorization) => {
    throw new Error(`connect ECONNREFUSED for ${url} with ${authorization}`, {
      cause: { headers: { authorization } },
    })
  },
]

test('stand in no event, no error, no answer and no line of any log, whatever goes wrong', async () => {
  const { heard, stop } = listening()
  try {
    let way = 0
    let failing = false
    const memory = memoryStore()
    const store: EventStore = {
      ...memory,
      append: async (...args) => {
        if (failing) throw new StoreError('unavailable', 'the disk is full')
        return memory.append(...args)
      },
    }
    const desk = await openDesk({
      store,
      outbox: { attempts: 2 },
      channels: [
        whatsapp({
          appSecret: SECRET,
          verifyToken: VERIFY_TOKEN,
          accessToken: ACCESS_TOKEN,
          numbers: [{ id: NUMBER }],
          fetch: async (url, init) =>
            repeating[way++ % repeating.length]!(
              String(url),
              new Headers(init?.headers).get('authorization') ?? '',
            ),
        }),
      ],
    })
    const { ramal } = desk
    const server = createServer(ramal.listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/whatsapp`
    const answers: string[] = []
    const ask = async (path: string, init?: RequestInit) => {
      for (const response of [
        await fetch(url + path, init),
        await ramal.handle(new Request(url + path, init)),
      ])
        answers.push(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`)
    }
    await ask('?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1')
    await ask(`?hub.mode=other&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=1`)
    const post = (body: string, signature = sign(body)) =>
      ask('', { method: 'POST', body, headers: { 'x-hub-signature-256': signature } })
    await post('{}', `sha256=${SECRET}`)
    await post('{"object":')
    await post('{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"x","value":{}}]}]}')
    failing = true
    const hello = webhook({ messages: [text('15550111', 'm1', 'hello')] })
    await post(hello)
    failing = false
    await post(hello)
    await ramal.signIn('bia', BIA)
    await ramal.settled()
    const { conversation, offer } = desk.offer('bia')
    await ramal.accept(conversation, offer, 'bia')
    for (let i = 0; i < repeating.length * 2; i++) {
      await ramal.reply({ conversation, agent: 'bia', content: `answer ${i}` })
      await desk.advance(3_600_000)
    }
    assert.ok(way >= repeating.length, `${way} calls of the provider`)
    const all = {
      events: JSON.stringify(await desk.log()),
      troubles: inspect(desk.trouble, { depth: 9 }),
      answers: answers.join('\n'),
      refusals: inspect(ramal.refusals),
      logs: heard.join('\n'),
    }
    assert.ok(desk.trouble.length > 0 && answers.some((a) => a.startsWith('503')))
    assert.match(all.events, /SendFailed|SendUncertain/)
    for (const [where, what] of Object.entries(all))
      for (const [i, secret] of SECRETS.entries())
        assert.not.ok(
          what.includes(secret),
          `secret ${i} is in the ${where}: ${what.split(secret).join('[HERE]').slice(0, 600)}`,
        )
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await ramal.stop()
  } finally {
    stop()
  }
})

test.run()
