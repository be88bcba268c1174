import { type ChannelEvent, isObject, itemsOf, present, shape } from '@ramal/channel'
import { graphErrorOf, reasonOf } from '@ramal/channel-meta'
import { hashOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { classify } from './errors.js'
import { keyOf, reported, type Scope, unrecognised } from './scope.js'
import { templateEvent } from './template-news.js'

type Level = Extract<ChannelEvent, { kind: 'endpointHealth' }>['level']

const DOWN = new Set(['ACCOUNT_DELETED', 'PARTNER_REMOVED', 'PARTNER_APP_UNINSTALLED', 'ACCOUNT_OFFBOARDED'])
const DEGRADED = new Set([
  ...['FLAGGED', 'DOWNGRADE', 'ACCOUNT_VIOLATION', 'ACCOUNT_RESTRICTION', 'REJECTED', 'DECLINED', 'PENDING'],
])
const ALARMING = new Set(['CRITICAL', 'WARNING'])

/** Of `DISABLED_UPDATE`, which says what became of a ban. */
const BANS: ReadonlyMap<string | undefined, Level> = new Map([
  ['SCHEDULE_FOR_DISABLE', 'degraded'],
  ['REINSTATE', 'ok'],
])

/** Fields about a number or the account whose news is in one of these, and not about any customer. */
const HEALTH_FIELDS = new Set([
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'account_update',
  'business_capability_update',
  'business_status_update',
  'business_username_update',
  'payment_configuration_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'phone_number_username_update',
  'security',
])

const alert = { alert_status: t.string, alert_severity: t.string }

const news = shape(
  {},
  {
    event: t.string,
    decision: t.string,
    status: t.string,
    ...alert,
    alert_info: shape({}, alert),
    ban_info: shape({}, { waba_ban_state: t.string }),
  },
)

/** What is told apart, or is the same of every change. */
const SAID = new Set(['event', 'decision', 'status', 'alert_status', 'messaging_product', 'metadata'])

const MAX_DETAIL = 1_000

/** Whatever is in there, as `name value`. */
const leavesOf = (u: unknown, name: string): readonly string[] => {
  if (Array.isArray(u)) return itemsOf(u).flatMap((item) => leavesOf(item, name))
  if (isObject(u)) return Object.entries(u).flatMap(([key, value]) => leavesOf(value, key))
  return typeof u === 'string' || typeof u === 'number' ? [`${name} ${u}`] : []
}

/** All that it says: whoever reads of it has no payload at hand. */
const detailOf = (u: unknown): string | undefined => {
  const said = Object.entries(isObject(u) ? u : {}).filter(([name]) => !SAID.has(name))
  return (
    said
      .flatMap(([name, value]) => leavesOf(value, name))
      .join(', ')
      .slice(0, MAX_DETAIL) || undefined
  )
}

const healthEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const read = news.decode(u)
  const v = E.isRight(read) ? read.right : {}
  const { alert_status, alert_severity = '' } = v.alert_info ?? v
  // A change of limits or settings has no name of its own.
  const what = v.event ?? v.decision ?? v.status ?? alert_status ?? 'changed'
  const word = what.toUpperCase()
  const level: Level =
    word === 'DISABLED_UPDATE'
      ? (BANS.get(v.ban_info?.waba_ban_state) ?? 'down')
      : DOWN.has(word)
        ? 'down'
        : DEGRADED.has(word) || ALARMING.has(alert_severity)
          ? 'degraded'
          : 'ok'
  return {
    ...reported(scope, keyOf(scope, scope.field, scope.time, hashOf(u)), { raw: u }),
    kind: 'endpointHealth',
    level,
    what: `${scope.field}.${what}`,
    ...present({ detail: detailOf(u) }),
  }
}

/** News about a number, the account or a template; undefined for a field of another kind. */
export const accountEvent = (u: unknown, scope: Scope): ChannelEvent | undefined =>
  HEALTH_FIELDS.has(scope.field) ? healthEvent(u, scope) : isObject(u) ? templateEvent(u, scope) : undefined

/** An item of `errors` beside no message: a fault of the number, such as a token that is refused. */
export const faultEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const error = graphErrorOf(u)
  if (!error) return unrecognised(scope, 'error', u)
  return {
    ...reported(scope, keyOf(scope, 'error', scope.time, hashOf(u)), { raw: u }),
    kind: 'endpointHealth',
    level: classify(error) === 'channel' ? 'down' : 'degraded',
    what: 'error',
    detail: reasonOf(error),
    code: String(error.code),
  }
}
