import type { ChannelAdapter, ChannelHost, SendFault, SendReceipt } from '@ramal/channel'
import { type Clock, freshId, systemClock } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { endpointsOf, fault, type SmsNumber } from './adapter.js'
import { reporter } from './report.js'
import { loadSmpp, type Pdu, type SmppLibrary, type SmppSession } from './smpp-library.js'
import { decodeDeliver } from './smpp-pdu.js'
import { smppFault, submitsOf } from './smpp-submit.js'

export interface SmppOptions {
  /** The adapter's id. Default `sms-smpp`. */
  readonly id?: string
  readonly numbers: readonly SmsNumber[]
  readonly host: string
  /** Default 2775, or 3550 with TLS. */
  readonly port?: number
  readonly tls?: boolean
  readonly systemId: string
  readonly password: string
  readonly systemType?: string
  readonly clock?: Clock
  /** For an answer of the SMSC, in ms. Default 15,000. */
  readonly timeout?: number
  /** Between signs of life, in ms. Default 30,000. */
  readonly enquireEvery?: number
  /** Told when a connection is lost or refused, before the next attempt. */
  readonly onTrouble?: (error: Error) => void
}

const SHORTEST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000
/** Answers to a `deliver_sm`: taken; not taken now, try again. */
const OK = 0
const TRY_AGAIN = 0x64

/** Calls, and resolves with the answer; undefined when none came: the connection is of no use then. */
const ask = async (
  clock: Clock,
  timeout: number,
  call: (answered: (pdu: Pdu) => void) => boolean,
  closed: AbortSignal,
): Promise<Pdu | undefined> => {
  const over = new AbortController()
  const end = () => over.abort()
  let answer: Pdu | undefined
  closed.addEventListener('abort', end)
  const sent = call((pdu) => {
    answer = pdu
    end()
  })
  if (sent && !closed.aborted) await clock.sleep(timeout, over.signal)
  closed.removeEventListener('abort', end)
  return answer
}

/** A connection from its first byte to its end. */
const serveConnection = async (
  session: SmppSession,
  options: SmppOptions,
  host: ChannelHost,
  signal: AbortSignal,
  bound: (closed: AbortSignal) => void,
): Promise<Error | undefined> => {
  const { numbers, systemId, password, systemType = '', timeout = 15_000, enquireEvery = 30_000 } = options
  const { clock } = host
  const report = reporter('smpp', numbers)
  const ending = new AbortController()
  let failure: Error | undefined
  const end = (error?: Error) => {
    failure ??= error
    ending.abort()
  }
  const stop = () => end()
  session.on('close', stop)
  session.on('error', end)
  signal.addEventListener('abort', stop, { once: true })

  const deliver = async (pdu: Pdu) => {
    try {
      await host.ingest(decodeDeliver(pdu, freshId(), clock.now(), report))
      session.send(pdu.response({ command_status: OK }))
    } catch {
      // Nothing is acknowledged that is not in the log: the SMSC keeps it and brings it again.
      session.send(pdu.response({ command_status: TRY_AGAIN }))
    }
  }
  session.on('deliver_sm', (pdu) => void deliver(pdu))
  session.on('data_sm', (pdu) => void deliver(pdu))
  session.on('enquire_link', (pdu) => session.send(pdu.response()))
  session.on('unbind', (pdu) => {
    session.send(pdu.response())
    end(new Error('The SMSC has ended the session.'))
  })
  try {
    const waiting = new AbortController()
    let connected = false
    session.on(options.tls ? 'secureConnect' : 'connect', () => {
      connected = true
      waiting.abort()
    })
    ending.signal.addEventListener('abort', () => waiting.abort(), { once: true })
    if (!ending.signal.aborted) await clock.sleep(timeout, waiting.signal)
    if (!connected) return failure ?? new Error(`No connection within ${timeout} ms.`)
    const fields = { system_id: systemId, password, system_type: systemType, interface_version: 0x34 }
    const answer = await ask(clock, timeout, (to) => session.bind_transceiver(fields, to), ending.signal)
    if (answer?.command_status !== OK)
      return failure ?? new Error(`The SMSC did not let us in: status ${answer?.command_status ?? 'none'}.`)
    bound(ending.signal)
    while (!ending.signal.aborted) {
      await clock.sleep(enquireEvery, ending.signal)
      if (ending.signal.aborted) break
      const alive = await ask(clock, timeout, (to) => session.enquire_link({}, to), ending.signal)
      if (!alive) end(new Error(`The SMSC gave no sign of life within ${timeout} ms.`))
    }
    if (signal.aborted) {
      const farewell = new AbortController()
      await ask(clock, 2_000, (to) => session.unbind(to), farewell.signal)
    }
    return failure
  } finally {
    end()
    signal.removeEventListener('abort', stop)
    session.destroy()
  }
}

/**
 * SMS over SMPP 3.4: one session as transceiver, kept up while the engine runs. Needs the package `smpp`.
 * @throws TypeError when an option is missing
 */
export const smppSms = (options: SmppOptions): ChannelAdapter => {
  const {
    id = 'sms-smpp',
    numbers,
    host: address,
    tls = false,
    systemId,
    password,
    timeout = 15_000,
  } = options
  if (numbers.length === 0 || !address || !systemId || !password)
    throw new TypeError('smpp needs numbers, host, systemId and password: ask who runs the SMSC.')
  const clock = options.clock ?? systemClock
  let current: { readonly session: SmppSession; readonly closed: AbortSignal } | undefined

  const start = async (host: ChannelHost, signal: AbortSignal): Promise<void> => {
    const library: SmppLibrary = await loadSmpp()
    for (let failures = 0; !signal.aborted; failures++) {
      const session = library.connect({ host: address, port: options.port ?? (tls ? 3550 : 2775), tls })
      const failure = await serveConnection(session, options, { ...host, clock }, signal, (closed) => {
        failures = 0
        current = { session, closed }
      })
      current = undefined
      if (signal.aborted) return
      options.onTrouble?.(failure ?? new Error('The SMSC has closed the connection.'))
      await clock.sleep(Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** Math.min(failures, 6)), signal)
    }
  }

  const submit = async (
    parts: readonly Readonly<Record<string, unknown>>[],
  ): Promise<E.Either<SendFault, SendReceipt>> => {
    let providerId = ''
    for (const [i, part] of parts.entries()) {
      // Parts of which some went cannot be sent again: those would come twice.
      const failed = (kind: SendFault['class'], reason: string, code?: string) =>
        fault(
          i > 0 ? 'uncertain' : kind,
          i > 0 ? `Part ${i + 1} of ${parts.length}: ${reason}` : reason,
          code,
        )
      if (!current) return failed('retry', 'There is no session with the SMSC.')
      const { session, closed } = current
      let written = false
      const answer = await ask(clock, timeout, (to) => (written = session.submit_sm(part, to)), closed)
      if (!answer)
        return written
          ? fault('uncertain', 'The SMSC did not answer.')
          : failed('retry', 'The connection to the SMSC is closed.')
      if (answer.command_status !== OK)
        return failed(
          smppFault(answer.command_status),
          `The SMSC refused it with status ${answer.command_status}.`,
          `smpp ${answer.command_status}`,
        )
      providerId = String(answer.message_id ?? '').replace(/\0+$/, '')
    }
    return E.right({ providerId, parts: parts.length })
  }

  return {
    channel: 'sms',
    id,
    endpoints: endpointsOf(numbers.map((number) => ({ ...number, mms: false }))),
    verify: () => E.left({ status: 405, reason: 'SMPP has no webhook' }),
    decode: () => [],
    start,
    send: (message) => async () => {
      const { content, endpoint } = message
      if (content.kind !== 'text') return fault('content', `A ${content.kind} cannot be sent as SMS.`)
      if (!numbers.some((number) => number.id === endpoint))
        return fault('channel', `${endpoint} is not one of the numbers of this adapter.`)
      return submit(submitsOf(message, content.text))
    },
  }
}
