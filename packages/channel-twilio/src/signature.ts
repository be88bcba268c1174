import { createHash, createHmac } from 'node:crypto'
import {
  equalsInConstantTime,
  formPairs,
  MAX_BODY_BYTES,
  type RawRequest,
  type Refusal,
} from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'

type Pairs = readonly (readonly [string, string])[]

const DEFAULT_PORT: Readonly<Record<string, string>> = { http: '80', https: '443' }

const SURROGATE = /[\ud800-\udfff]/

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Each name in the order of its bytes, with its values once each and in order. */
const joined = (pairs: Pairs): string => {
  // The order of JavaScript is that of the bytes, but where a text has a character beyond the first 65,536.
  const compareNames = SURROGATE.test(pairs.map(([name]) => name).join()) ? compareBytes : compare
  const sorted = [...pairs].sort((a, b) => compareNames(a[0], b[0]) || compare(a[1], b[1]))
  let text = ''
  let last: Pairs[number] | undefined
  for (const pair of sorted) {
    const [name, value] = pair
    if (name !== last?.[0] || value !== last[1]) text += name + value
    last = pair
  }
  return text
}

const sign = (authToken: string, text: string): string =>
  createHmac('sha1', authToken).update(text, 'utf8').digest('base64')

/** Base64 of the HMAC-SHA1 of the address and the form. Source: Twilio, "Validating requests". */
export const twilioSignature = (authToken: string, url: string, pairs: Pairs): string =>
  sign(authToken, url + joined(pairs))

/**
 * The ways in which Twilio may have written the address before it signed, the likeliest first: with or without a port,
 * and with an apostrophe escaped or not. As text, because a parsed address loses how its user and its escapes were
 * written.
 */
function* spellings(url: string): Generator<string, void, undefined> {
  yield url
  const [, scheme = '', user = '', host = '', rest = ''] =
    /^(https?):\/\/([^/?#@]*@)?([^/?#]*)(.*)$/s.exec(url) ?? []
  if (!host) return
  const bare = host.replace(/:\d+$/, '')
  const hosts = [host, bare, `${bare}:${DEFAULT_PORT[scheme]}`]
  const written = hosts.map((h) => `${scheme}://${user}${h}${rest}`)
  const all = new Set(written.flatMap((u) => [u, u.replaceAll('%27', "'"), u.replaceAll("'", '%27')]))
  all.delete(url)
  yield* all
}

export interface SignedRequest {
  /** The public address with its query, exactly as it was given to Twilio. */
  readonly url: string
  readonly authTokens: readonly string[]
  readonly signature: string
  readonly pairs: Pairs
}

/** Whether any of the tokens signed this, in a time that does not tell where it differs. */
export const isSignedByTwilio = ({ url, authTokens, signature, pairs }: SignedRequest): boolean => {
  const form = joined(pairs)
  for (const token of authTokens)
    for (const spelling of spellings(url))
      if (equalsInConstantTime(sign(token, spelling + form), signature)) return true
  return false
}

const queryOf = (url: string): string => {
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at)
}

const isForm = (request: RawRequest): boolean =>
  (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')

/**
 * Checks a webhook of Twilio. `publicUrl` is where Twilio was told to post, and never what the request says of
 * its host: whoever forges a request also writes that. Only the query is the request's.
 */
export const verifyTwilio = (
  request: RawRequest,
  publicUrl: string,
  authTokens: readonly string[],
): E.Either<Refusal, void> => {
  const refuse = (status: Refusal['status'], reason: string) => E.left({ status, reason })
  if (request.method !== 'POST' && request.method !== 'GET')
    return refuse(405, `${request.method} carries no event.`)
  if (request.body.length > MAX_BODY_BYTES)
    return refuse(413, `The body has more than ${MAX_BODY_BYTES} bytes.`)
  const signature = request.headers.get('x-twilio-signature')?.trim()
  if (!signature) return refuse(401, 'There is no header X-Twilio-Signature.')
  const url = publicUrl + queryOf(request.url)
  const query = queryOf(url)
  const hash = query === '' ? null : new URLSearchParams(query).get('bodySHA256')
  if (hash !== null && !isForm(request)) {
    const actual = createHash('sha256').update(request.body).digest('hex')
    if (!equalsInConstantTime(actual, hash.toLowerCase()))
      return refuse(403, 'bodySHA256 is not that of the body.')
    return isSignedByTwilio({ url, authTokens, signature, pairs: [] })
      ? E.right(undefined)
      : refuse(403, 'The signature is not that of the address.')
  }
  const pairs = request.method === 'GET' ? [] : formPairs(request.body)
  return isSignedByTwilio({ url, authTokens, signature, pairs })
    ? E.right(undefined)
    : refuse(
        403,
        'The signature is not that of the form and the public address; is publicUrl what Twilio calls?',
      )
}
