import type { ChannelEvent, ChannelHost } from '@ramal/channel'
import { describeFaults, nonEmpty, record } from '@ramal/core'
import type { Identifier } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { checkOrigin } from './cors.js'
import { Problem } from './http.js'
import type { Settings, WidgetOptions } from './options.js'
import { type Claims, readToken, signToken, verifyIdentity } from './token.js'

const openRequest = record(
  { widget: nonEmpty },
  {
    /** Of the session to go on with, expired or not. */
    token: t.string,
    identity: record({ externalId: nonEmpty, signature: nonEmpty }, { name: t.string }),
  },
)

export interface OpenedSession {
  readonly session: string
  readonly token: string
  readonly expiresAt: number
  /** Where reading starts: before the first message that this visitor may see. */
  readonly cursor: string
}

const LONGEST_ID = 256

/** The widget of that name. @throws Problem 404 */
export const widgetOf = (settings: Settings, id: string): WidgetOptions => {
  const widget = settings.widgets.find((w) => w.id === id)
  if (!widget) throw new Problem(404, 'unknown_widget', 'There is no widget of this id here.')
  return widget
}

/** What the channel knows a visitor by. The browser comes first: answers go to it. */
export const peerOf = (settings: Settings, claims: Claims): readonly [Identifier, ...Identifier[]] => {
  const visitor: Identifier = { kind: 'webchat_visitor', scope: claims.widget, value: claims.visitor }
  if (claims.externalId === undefined) return [visitor]
  const scope = settings.widgets.find((w) => w.id === claims.widget)?.identity?.scope
  const external = { kind: 'external_id' as const, value: claims.externalId, verified: true }
  return [visitor, scope === undefined ? external : { ...external, scope }]
}

const checkIdentity = (widget: WidgetOptions, identity: { externalId: string; signature: string }) => {
  if (!widget.identity)
    throw new Problem(
      403,
      'identity_refused',
      'This widget takes no signed identities; its secret is not set.',
    )
  if (identity.externalId.length > LONGEST_ID)
    throw new Problem(400, 'malformed', `identity.externalId is longer than ${LONGEST_ID} characters.`)
  if (!verifyIdentity(widget.identity.secret, identity.externalId, identity.signature))
    throw new Problem(403, 'identity_refused', 'The signature does not belong to this externalId.')
}

/**
 * Whether somebody else has logged in as this visitor since the token of these claims was given. What is said then
 * is for those who can log in again, and a token of before is no login.
 */
export const isTakenOver = async (
  settings: Settings,
  host: ChannelHost,
  claims: Claims,
  externalId?: string,
): Promise<boolean> => {
  const widget = settings.widgets.find((w) => w.id === claims.widget)
  if (claims.externalId !== undefined || !widget?.identity) return false
  const { scope } = widget.identity
  const logins = (await host.loginsOf?.(peerOf(settings, claims)[0])) ?? []
  const here = logins.filter((login) => login.scope === scope)
  return here.length > 0 && here.every(({ value }) => value !== externalId)
}

/**
 * Opens a session, or goes on with the one of a token. An anonymous visitor who logs in keeps the session;
 * somebody else, or one who has logged out, gets a new one and sees nothing of the old.
 */
export const openSession = async (
  settings: Settings,
  host: ChannelHost,
  body: unknown,
  origin: string | null | undefined,
): Promise<OpenedSession> => {
  const decoded = openRequest.decode(body)
  if (E.isLeft(decoded)) throw new Problem(400, 'malformed', `${describeFaults(decoded.left)}.`)
  const { identity, token } = decoded.right
  const widget = widgetOf(settings, decoded.right.widget)
  checkOrigin(widget, origin)
  if (identity) checkIdentity(widget, identity)
  const now = host.clock.now()
  const old = token === undefined ? undefined : readToken(settings.secrets, token)
  const goesOn =
    old !== undefined &&
    old.widget === widget.id &&
    now - old.expiresAt < settings.remembered &&
    (old.externalId === undefined || old.externalId === identity?.externalId) &&
    !(await isTakenOver(settings, host, old, identity?.externalId))
  const claims: Claims = {
    widget: widget.id,
    session: goesOn ? old.session : settings.newId(),
    visitor: goesOn ? old.visitor : settings.newId(),
    expiresAt: now + settings.tokenLifetime,
    ...(identity ? { externalId: identity.externalId } : {}),
    ...(identity?.name ? { name: identity.name.slice(0, LONGEST_ID) } : {}),
  }
  if (identity && !(goesOn && old.externalId !== undefined))
    await host.ingest([loginEvent(settings, claims, now)])
  const { session, expiresAt } = claims
  return { session, token: signToken(settings.secrets, claims), expiresAt, cursor: '' }
}

const loginEvent = (settings: Settings, claims: Claims, at: number): ChannelEvent => ({
  kind: 'identityLinked',
  evidence: 'signed-login',
  dedupeKey: `${claims.session}:login:${claims.externalId}`,
  at,
  endpoint: claims.widget,
  peer: peerOf(settings, claims),
  ...(claims.name === undefined ? {} : { profileName: claims.name }),
})

/** Whose token this is. @throws Problem 401 */
export const authenticate = (settings: Settings, token: string | undefined, now: number): Claims => {
  const claims = token === undefined ? undefined : readToken(settings.secrets, token)
  if (!claims || !settings.widgets.some((w) => w.id === claims.widget))
    throw new Problem(401, 'no_session', 'There is no valid session token; ask POST /sessions for one.')
  if (claims.expiresAt <= now)
    throw new Problem(
      401,
      'expired',
      'The session token has expired; give it to POST /sessions for a new one.',
    )
  return claims
}
