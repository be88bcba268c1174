import { createHash, createHmac } from 'node:crypto'
import {
  equalsInConstantTime,
  isObject,
  MAX_BODY_BYTES,
  parametersOf,
  parseJson,
  type RawRequest,
  type Refusal,
} from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'

export type VonageMethod = 'md5hash' | 'md5' | 'sha1' | 'sha256' | 'sha512'

export interface VonageSignature {
  readonly secret: string
  readonly method: VonageMethod
}

/**
 * The signature of Vonage's SMS API: the fields but `sig`, in the order of their names, each as `&name=value` with
 * the `&` and `=` of its value as `_`. Source: Vonage, "Signing messages".
 */
export const vonageSignature = (
  fields: Readonly<Record<string, string>>,
  { secret, method }: VonageSignature,
): string => {
  const text = Object.keys(fields)
    .filter((name) => name !== 'sig')
    .sort()
    .map((name) => `&${name}=${(fields[name] ?? '').replaceAll(/[&=]/g, '_')}`)
    .join('')
  return method === 'md5hash'
    ? createHash('md5')
        .update(text + secret)
        .digest('hex')
    : createHmac(method, secret).update(text).digest('hex')
}

/** The fields of a webhook, which is a query, a form or an object of JSON, as texts. */
export const vonageFields = (request: Pick<RawRequest, 'url' | 'body'>): Readonly<Record<string, string>> => {
  const read = parseJson(request.body)
  if (E.isLeft(read) || !isObject(read.right)) return parametersOf(request).record
  const texts = Object.entries(read.right).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const query = parametersOf({ url: request.url, body: new Uint8Array() }).record
  return { ...query, ...Object.fromEntries(texts) }
}

export const verifyVonage = (request: RawRequest, signature: VonageSignature): E.Either<Refusal, void> => {
  const refuse = (status: Refusal['status'], reason: string) => E.left({ status, reason })
  if (request.body.length > MAX_BODY_BYTES)
    return refuse(413, `The body has more than ${MAX_BODY_BYTES} bytes.`)
  const fields = vonageFields(request)
  const given = fields.sig
  if (!given) return refuse(401, 'There is no field sig; switch signed webhooks on in the dashboard.')
  return equalsInConstantTime(vonageSignature(fields, signature), given.toLowerCase())
    ? E.right(undefined)
    : refuse(403, 'sig is not that of the fields.')
}
