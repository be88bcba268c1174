import type { CallAction, ChannelAdapter, ChannelEvent, ChannelHost } from '@ramal/channel'
import { systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { type AsteriskOptions, asterisk } from '../src/index.js'
import { type FakeAsterisk, fakeAsterisk, OURS } from './fake-asterisk.js'
import { APP, PASSWORD, USER } from './fake-asterisk-line.js'

const PATIENCE = 5_000

/** Resolves when it is so. @throws after five seconds */
export const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const over = Date.now() + PATIENCE; !isSo(); ) {
    if (Date.now() > over) throw new Error(`It did not come to be: ${what}.`)
    await systemClock.sleep(5)
  }
}

/** An adapter on a little Asterisk, with a host that keeps what is reported, each fact once, as a log would. */
export const openDesk = async (options: Partial<AsteriskOptions> = {}) => {
  const server = await fakeAsterisk()
  const events: ChannelEvent[] = []
  const keys = new Set<string>()
  const trouble: string[] = []
  let failing = 0
  const host: ChannelHost = {
    clock: systemClock,
    async ingest(reported) {
      if (failing > 0) {
        failing--
        throw new Error('the log cannot be written')
      }
      return reported.map((event) => {
        const duplicate = keys.has(event.dedupeKey)
        keys.add(event.dedupeKey)
        if (!duplicate) events.push(event)
        return { event, duplicate }
      })
    },
    threads: {
      read: () => {
        throw new Error('nobody reads')
      },
    },
    liveCalls: async () =>
      events.flatMap((event) =>
        event.kind === 'callOffered' && !keys.has(`ari:${event.call}:ended`)
          ? [{ call: event.call, endpoint: event.endpoint }]
          : [],
      ),
  }
  const open = (): ChannelAdapter =>
    asterisk({
      origin: server.origin,
      user: USER,
      password: PASSWORD,
      app: APP,
      numbers: [{ id: OURS }],
      timeout: 1_000,
      longestPause: 50,
      onTrouble: (error) => trouble.push(error.message),
      ...options,
    })
  let adapter = open()
  let stopping = new AbortController()
  let running = adapter.start?.(host, stopping.signal)
  await until('connected', () => server.bridges.has(`ramal.wait.${APP}`))
  const stop = async () => {
    stopping.abort()
    await running
  }
  return {
    server,
    events,
    trouble,
    adapter: () => adapter,
    /** The next so many times the log cannot be written. */
    fail(times: number) {
      failing = times
    },
    act: async (call: string, action: CallAction) =>
      adapter.control?.({ endpoint: OURS, call, action })() ??
      E.left({ class: 'content' as const, reason: '' }),
    /** What was reported, in a few words. */
    facts: () =>
      events.flatMap((event) => {
        if (!('call' in event)) return [event.kind]
        const more = 'leg' in event && event.leg ? ` ${event.leg}` : ''
        const cause = event.kind === 'callMissed' ? ` ${event.cause}` : ''
        const by = event.kind === 'callEnded' ? ` by ${event.by}` : ''
        const outcome = event.kind === 'callEnded' && event.outcome ? ` ${event.outcome}` : ''
        return [`${event.kind}${more}${cause}${by}${outcome}`]
      }),
    async restart() {
      await stop()
      adapter = open()
      stopping = new AbortController()
      running = adapter.start?.(host, stopping.signal)
    },
    async close() {
      await stop()
      await server.close()
    },
    stop,
  }
}

export type Desk = Awaited<ReturnType<typeof openDesk>>

export const wait = `ramal.wait.${APP}`
export const talk = (call: string): string => `ramal.talk.${call}`
export const legChannel = (call: string, leg: string): string => `ramal.${leg}.${call}`

export const inBridge = ({ bridges }: FakeAsterisk, bridge: string): readonly string[] => [
  ...(bridges.get(bridge)?.channels ?? []),
]

/** A customer who waits with music. */
export const waiting = async (desk: Desk): Promise<string> => {
  const call = desk.server.ring()
  await until('the customer waits', () => inBridge(desk.server, wait).includes(call))
  return call
}

/** A customer and Bia, who talk. */
export const talking = async (desk: Desk, leg = 'leg1'): Promise<string> => {
  const call = await waiting(desk)
  desk.server.phones.set('PJSIP/bia', 'answers')
  const rung = await desk.act(call, { kind: 'connect', leg, address: 'PJSIP/bia', timeout: 5_000 })
  assert.ok(E.isRight(rung))
  await until('they talk', () => inBridge(desk.server, talk(call)).length === 2)
  // What the adapter remembers of it is one answer later.
  await systemClock.sleep(20)
  return call
}
