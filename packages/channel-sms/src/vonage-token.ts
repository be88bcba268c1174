import { createHash, createHmac } from 'node:crypto'
import {
  equalsInConstantTime,
  isObject,
  MAX_BODY_BYTES,
  parseJson,
  type RawRequest,
  type Refusal,
} from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'

const jsonOf = (part: string): Readonly<Record<string, unknown>> => {
  const read = parseJson(Buffer.from(part, 'base64url'))
  return E.isRight(read) && isObject(read.right) ? read.right : {}
}

/**
 * Checks the token in `Authorization: Bearer` of a webhook of the Messages API: signed by HMAC-SHA256, it names the
 * hash of the body. Source: Vonage, "Decoding signed webhooks".
 */
export const verifyVonageToken = (request: RawRequest, secret: string): E.Either<Refusal, void> => {
  const refuse = (status: Refusal['status'], reason: string) => E.left({ status, reason })
  if (request.body.length > MAX_BODY_BYTES)
    return refuse(413, `The body has more than ${MAX_BODY_BYTES} bytes.`)
  const token = /^bearer\s+(\S+)$/i.exec(request.headers.get('authorization')?.trim() ?? '')?.[1]
  if (!token) return refuse(401, 'There is no token; switch signed webhooks on in the dashboard.')
  const [head = '', claims = '', signature = '', ...more] = token.split('.')
  if (more.length > 0 || jsonOf(head).alg !== 'HS256') return refuse(403, 'The token is not signed by HS256.')
  const expected = createHmac('sha256', secret).update(`${head}.${claims}`).digest('base64url')
  if (!equalsInConstantTime(expected, signature))
    return refuse(403, 'The token is not signed with our secret.')
  const hash = jsonOf(claims).payload_hash
  const actual = createHash('sha256').update(request.body).digest('hex')
  return typeof hash === 'string' && equalsInConstantTime(actual, hash.toLowerCase())
    ? E.right(undefined)
    : refuse(403, 'payload_hash is not that of the body.')
}
