import * as E from 'fp-ts/lib/Either.js'
import type { FaultClass, SendFault, SendReceipt } from '../outbound.js'
import { BrokenContract, type Check, ensure, type Subject } from './check.js'
import { answering, type Behaviour, hangingUp, provider, silent } from './provider.js'

const TIMEOUT = 400

interface Outcome {
  readonly result: E.Either<SendFault, SendReceipt>
  readonly requests: number
}

const sendingOf = ({ sending }: Subject): NonNullable<Subject['sending']> => {
  if (!sending) throw new BrokenContract('The subject names no message to send.')
  return sending
}

/** Sends once to a provider that behaves so. A rejection is a broken promise. */
const sendTo = async (subject: Subject, behaviour: Behaviour): Promise<Outcome> => {
  const server = await provider(behaviour)
  try {
    const result = await subject.open(server.origin, TIMEOUT).send(sendingOf(subject).message)()
    return { result, requests: server.requests() }
  } catch (error) {
    throw new BrokenContract(`send rejected instead of giving a fault: ${String(error)}.`)
  } finally {
    await server.close()
  }
}

/** Refuses, and says back where and how it was asked, as some providers do. */
const repeating: Behaviour = (request, response, body) => {
  const { authorization = '' } = request.headers
  const message = `${request.url} was refused for ${authorization}, ${authorization.split(' ').at(-1)}.`
  answering(400, JSON.stringify({ error: { code: 1, message }, message, code: 1 }))(request, response, body)
}

const ensureFault = (
  subject: Subject,
  { result, requests }: Outcome,
  allowed: readonly FaultClass[],
  when: string,
): void => {
  ensure(E.isLeft(result), `A send ${when} was a success.`)
  ensure(
    allowed.includes(result.left.class),
    `A send ${when} is ${result.left.class}, not ${allowed.join(' or ')}.`,
  )
  ensure(result.left.reason.length > 0, `A send ${when} gives no reason.`)
  ensure(requests <= 1, `A send ${when} called the provider ${requests} times.`)
  for (const secret of subject.secrets)
    ensure(!JSON.stringify(result.left).includes(secret), `The fault of a send ${when} holds a secret.`)
}

const faulty = (
  name: string,
  behaviour: (subject: Subject) => Behaviour,
  allowed: readonly FaultClass[],
): Check => ({
  name: `a send ${name} is ${allowed.join(' or ')}`,
  needs: 'sending',
  run: async (subject) => ensureFault(subject, await sendTo(subject, behaviour(subject)), allowed, name),
})

export const sending: readonly Check[] = [
  {
    name: 'a send that is taken has a receipt',
    needs: 'sending',
    run: async (subject) => {
      const { accepted } = sendingOf(subject)
      const { result, requests } = await sendTo(subject, answering(accepted.status, accepted.body))
      ensure(E.isRight(result), `It was refused: ${E.isLeft(result) ? result.left.reason : ''}`)
      ensure(result.right.providerId.length > 0, 'The receipt has no id.')
      ensure(requests === 1, `The provider was called ${requests} times.`)
    },
  },
  {
    name: 'a send to nobody is retry',
    needs: 'sending',
    run: async (subject) => {
      const gone = await provider(silent)
      await gone.close()
      const result = await subject.open(gone.origin, TIMEOUT).send(sendingOf(subject).message)()
      ensureFault(subject, { result, requests: 0 }, ['retry'], 'to nobody')
    },
  },
  faulty('without an answer', () => silent, ['uncertain']),
  faulty('cut off', () => hangingUp, ['uncertain']),
  faulty('answered with something else', () => answering(200, '<html>'), ['uncertain']),
  faulty('answered by a proxy in trouble', () => answering(502, '<html>'), ['uncertain', 'retry']),
  faulty('answered "too many"', () => answering(429, '', { 'retry-after': '7' }), ['retry']),
  faulty('answered "not allowed"', () => answering(401, ''), ['channel']),
  faulty(
    'answered with a place elsewhere',
    () => answering(307, '', { location: 'http://127.0.0.1:9/elsewhere' }),
    ['channel', 'uncertain', 'retry'],
  ),
  faulty('answered with what we sent along', () => repeating, [
    ...(['retry', 'content', 'channel', 'uncertain', 'recipient'] as const),
  ]),
]
