import { createHmac, timingSafeEqual } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { MAX_BODY_BYTES, type RawRequest, type Refusal } from './request.js'

/** Whether two texts are equal, in a time that does not tell where they differ. */
export const equalsInConstantTime = (a: string, b: string): boolean => {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

export interface HmacRule {
  readonly header: string
  /** Stands before the signature, such as `sha256=`. */
  readonly prefix?: string
  readonly algorithm: 'sha1' | 'sha256' | 'sha512'
  readonly encoding: 'hex' | 'base64'
  /** Any of them is right: a secret is changed without a gap by allowing both for a while. */
  readonly secrets: readonly string[]
  /** Default 3 MiB. */
  readonly maxBytes?: number
}

const refuse = (status: Refusal['status'], reason: string): E.Either<Refusal, never> =>
  E.left({ status, reason })

/** Checks a signature over the raw body. */
export const verifyHmac = (request: RawRequest, rule: HmacRule): E.Either<Refusal, void> => {
  const { header, prefix = '', algorithm, encoding, secrets, maxBytes = MAX_BODY_BYTES } = rule
  if (request.method !== 'POST') return refuse(405, 'Only a POST carries events.')
  if (request.body.length > maxBytes) return refuse(413, `The body is larger than ${maxBytes} bytes.`)
  const given = request.headers.get(header)?.trim()
  if (!given) return refuse(401, `There is no header ${header}.`)
  if (!given.startsWith(prefix)) return refuse(401, `Header ${header} does not begin with ${prefix}.`)
  const signature = encoding === 'hex' ? given.slice(prefix.length).toLowerCase() : given.slice(prefix.length)
  let right = false
  for (const secret of secrets) {
    const expected = createHmac(algorithm, secret).update(request.body).digest(encoding)
    right = equalsInConstantTime(expected, signature) || right
  }
  return right ? E.right(undefined) : refuse(403, `The signature in ${header} is not that of the body.`)
}
