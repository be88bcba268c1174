import { createHmac, timingSafeEqual } from 'node:crypto'
import { instant, nonEmpty, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

const claims = record(
  {
    /** The widget, and so the endpoint, that the session belongs to. */
    widget: nonEmpty,
    session: nonEmpty,
    /** Names the browser. Unguessable, and never taken from a request: only from a token. */
    visitor: nonEmpty,
    expiresAt: instant,
  },
  { externalId: nonEmpty, name: t.string },
)

/** What a session token says. */
export type Claims = Readonly<t.TypeOf<typeof claims>>

const mac = (secret: string, text: string): Buffer => createHmac('sha256', secret).update(text).digest()

/** Whether two texts are equal, in a time that does not tell where they differ. */
export const equalTexts = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** `purpose` keeps a signature for one use from being valid for another. */
export const signText = (secret: string, purpose: string, text: string): string =>
  mac(secret, `${purpose}\n${text}`).toString('base64url')

/** Signed with the first of `secrets`; see `readToken` for the others. */
export const signToken = (secrets: readonly string[], content: Claims): string => {
  const body = Buffer.from(JSON.stringify(content)).toString('base64url')
  return `${body}.${signText(secrets[0]!, 'session', body)}`
}

/**
 * The claims of a token that one of `secrets` has signed; several, so that a secret can be replaced while
 * sessions live. Whether it has expired is for the caller to see: an old token still says who renews.
 */
export const readToken = (secrets: readonly string[], token: string): Claims | undefined => {
  const [body, signature, ...rest] = token.split('.')
  if (!body || !signature || rest.length > 0 || token.length > 4096) return undefined
  if (!secrets.some((secret) => equalTexts(signText(secret, 'session', body), signature))) return undefined
  try {
    const decoded = claims.decode(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')))
    return E.isRight(decoded) ? decoded.right : undefined
  } catch {
    return undefined
  }
}

/**
 * What a site computes on its own server for a visitor who has logged in there, and gives to the widget: the
 * HMAC-SHA256 of the visitor's id in the site's systems, in hexadecimal digits.
 */
export const signIdentity = (secret: string, externalId: string): string =>
  mac(secret, externalId).toString('hex')

/** Whether the site has signed this id. */
export const verifyIdentity = (secret: string, externalId: string, signature: string): boolean =>
  equalTexts(signIdentity(secret, externalId), signature.toLowerCase())
