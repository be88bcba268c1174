import * as E from 'fp-ts/lib/Either.js'
import { MAX_BODY_BYTES, type RawRequest } from '../request.js'
import { type Check, ensure, NOWHERE, type Subject } from './check.js'

const NOW = 1_700_000_000_000

const bodiesLike = (body: Uint8Array): readonly (readonly [string, Uint8Array])[] => {
  const flipped = Uint8Array.from(body)
  const middle = flipped.length >> 1
  flipped[middle] = (flipped[middle] ?? 0) ^ 1
  return [
    ['with one bit changed', flipped],
    ['without its last byte', body.subarray(0, -1)],
    ['with a space after it', Uint8Array.from([...body, 0x20])],
    ['without anything', new Uint8Array()],
  ]
}

const refusalOf = (subject: Subject, request: RawRequest, what: string): void => {
  const verified = subject.open(NOWHERE, 100).verify(request, NOW)
  ensure(E.isLeft(verified), `A request ${what} was let in.`)
  const { status, reason } = verified.left
  ensure([400, 401, 403, 405, 413].includes(status), `A request ${what} was refused with ${status}.`)
  ensure(reason.length > 0, `A request ${what} was refused without a reason.`)
  for (const secret of subject.secrets)
    ensure(!reason.includes(secret), `The reason for refusing a request ${what} holds a secret.`)
}

export const verifying: readonly Check[] = [
  {
    name: 'what the provider sends is let in',
    run: (subject) => {
      ensure(subject.requests.length > 0, 'The subject names no request.')
      for (const [i, request] of subject.requests.entries()) {
        const verified = subject.open(NOWHERE, 100).verify(request, NOW)
        ensure(
          E.isRight(verified),
          `Request ${i} was refused: ${E.isLeft(verified) ? verified.left.reason : ''}`,
        )
      }
    },
  },
  {
    name: 'a body that is not the one signed is refused',
    needs: 'signed',
    run: (subject) => {
      for (const request of subject.requests)
        for (const [what, body] of bodiesLike(request.body)) refusalOf(subject, { ...request, body }, what)
    },
  },
  {
    name: 'a request without its headers is refused',
    needs: 'signed',
    run: (subject) => {
      for (const request of subject.requests) {
        refusalOf(subject, { ...request, headers: { get: () => null } }, 'without headers')
        refusalOf(subject, { ...request, headers: { get: () => '' } }, 'with empty headers')
        refusalOf(subject, { ...request, headers: { get: () => '\u00e9\0' } }, 'with broken headers')
      }
    },
  },
  {
    name: 'a body that is too large is refused',
    run: (subject) => {
      const [request] = subject.requests
      ensure(request !== undefined, 'The subject names no request.')
      refusalOf(subject, { ...request, body: new Uint8Array(MAX_BODY_BYTES * 2) }, 'of 6 MiB')
    },
  },
]
