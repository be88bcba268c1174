import { type ChannelEvent, isObject, present, shape } from '@ramal/channel'
import { graphErrorOf, reasonOf } from '@ramal/channel-meta'
import { hashOf } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { classify } from './errors.js'
import { keyOf, reported, type Scope, unrecognised } from './scope.js'

type Level = Extract<ChannelEvent, { kind: 'endpointHealth' }>['level']

const DOWN = new Set([
  'ACCOUNT_DELETED',
  'DISABLED_UPDATE',
  'PARTNER_REMOVED',
  'ACCOUNT_OFFBOARDED',
  'DISABLE',
])
const DEGRADED = new Set([
  ...['FLAGGED', 'DOWNGRADE', 'ACCOUNT_VIOLATION', 'ACCOUNT_RESTRICTION', 'REJECTED', 'SCHEDULE_FOR_DISABLE'],
  ...['DECLINED', 'PENDING'],
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
  'security',
])

const news = shape(
  {},
  {
    event: t.string,
    decision: t.string,
    status: t.string,
    alert_info: shape({}, { alert_status: t.string, alert_type: t.string, alert_severity: t.string }),
    current_limit: t.string,
    username: t.string,
    rejection_reason: t.string,
    display_phone_number: t.string,
    phone_number: t.string,
    ban_info: shape({}, { waba_ban_state: t.string }),
    violation_info: shape({}, { violation_type: t.string }),
  },
)

const levelOf = (what: string, banState: string | undefined): Level => {
  if (what === 'DISABLED_UPDATE' && banState === 'REINSTATE') return 'ok'
  const word = what.toUpperCase()
  return DOWN.has(word) ? 'down' : DEGRADED.has(word) ? 'degraded' : 'ok'
}

const healthEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const read = news.decode(u)
  const v = E.isRight(read) ? read.right : {}
  // A change of limits or settings has no name of its own.
  const what = v.event ?? v.decision ?? v.status ?? v.alert_info?.alert_status ?? 'changed'
  const ban = v.ban_info?.waba_ban_state
  const about = [
    v.display_phone_number ?? v.phone_number,
    v.alert_info?.alert_type ??
      v.current_limit ??
      v.username ??
      v.violation_info?.violation_type ??
      ban ??
      v.rejection_reason,
  ]
  return {
    ...reported(scope, keyOf(scope, scope.field, String(scope.at), hashOf(u)), { raw: u }),
    kind: 'endpointHealth',
    level: v.alert_info?.alert_severity === 'CRITICAL' ? 'degraded' : levelOf(what, ban),
    what: `${scope.field}.${what}`,
    ...present({ detail: about.filter(Boolean).join(', ') || undefined }),
  }
}

const template = shape(
  { message_template_name: t.string },
  {
    message_template_language: t.string,
    event: t.string,
    reason: t.string,
    previous_category: t.string,
    new_category: t.string,
    correct_category: t.string,
    previous_quality_score: t.string,
    new_quality_score: t.string,
    rejection_info: shape({}, { reason: t.string }),
  },
)

/** Statuses in which Meta sends a template, and in which it does not. Source: Meta's webhook reference, 2026. */
const USABLE = new Set(['APPROVED', 'REINSTATED', 'UNARCHIVED', 'FLAGGED', 'LOCKED'])
const UNUSABLE = new Set([
  ...['PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'LIMIT_EXCEEDED'],
  ...['ARCHIVED', 'PENDING_DELETION', 'DELETED'],
])

const isUsable = (status: string): boolean | undefined =>
  USABLE.has(status) ? true : UNUSABLE.has(status) ? false : undefined

const templateEvent = (u: unknown, scope: Scope): ChannelEvent | undefined => {
  const read = template.decode(u)
  if (E.isLeft(read)) return undefined
  const v = read.right
  const base = {
    ...reported(scope, keyOf(scope, scope.field, String(scope.at), hashOf(u)), { raw: u }),
    kind: 'templateChanged' as const,
    template: v.message_template_name,
    ...present({
      account: scope.accounts.has(scope.account) ? scope.account : undefined,
      language: v.message_template_language,
      reason: v.rejection_info?.reason ?? v.reason,
    }),
  }
  if (scope.field === 'message_template_status_update' && v.event)
    return { ...base, change: 'status', to: v.event, ...present({ usable: isUsable(v.event) }) }
  const category = v.new_category ?? v.correct_category
  if (scope.field === 'template_category_update' && category)
    return { ...base, change: 'category', to: category, ...present({ from: v.previous_category }) }
  if (scope.field === 'message_template_quality_update' && v.new_quality_score)
    return {
      ...base,
      change: 'quality',
      to: v.new_quality_score,
      ...present({ from: v.previous_quality_score }),
    }
  return undefined
}

/** News about a number, the account or a template; undefined for a field of another kind. */
export const accountEvent = (u: unknown, scope: Scope): ChannelEvent | undefined =>
  HEALTH_FIELDS.has(scope.field) ? healthEvent(u, scope) : isObject(u) ? templateEvent(u, scope) : undefined

/** An item of `errors` beside no message: a fault of the number, such as a token that is refused. */
export const faultEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const error = graphErrorOf(u)
  if (!error) return unrecognised(scope, 'error', u)
  return {
    ...reported(scope, keyOf(scope, 'error', String(scope.at), hashOf(u)), { raw: u }),
    kind: 'endpointHealth',
    level: classify(error) === 'channel' ? 'down' : 'degraded',
    what: 'error',
    detail: reasonOf(error),
    code: String(error.code),
  }
}
