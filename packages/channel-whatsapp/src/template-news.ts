import { type ChannelEvent, present, shape, unixTime } from '@ramal/channel'
import { hashOf, nonEmpty } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { keyOf, reported, type Scope } from './scope.js'

const template = shape(
  { message_template_name: nonEmpty },
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
    other_info: shape({}, { title: t.string, description: t.string }),
    category_update_timestamp: unixTime,
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

/** Why, in the words of Meta; or what it will be: then `new_category` is what it still is. */
const reasonIn = (v: t.TypeOf<typeof template>): string | undefined => {
  if (v.correct_category !== undefined && v.category_update_timestamp !== undefined)
    return `It will be ${v.correct_category} from ${new Date(v.category_update_timestamp).toISOString()}.`
  const { title, description } = v.other_info ?? {}
  return (
    v.rejection_info?.reason ?? v.reason ?? ([title, description].filter(Boolean).join(': ') || undefined)
  )
}

/** What became of a template; undefined for a field that says nothing of one. */
export const templateEvent = (u: unknown, scope: Scope): ChannelEvent | undefined => {
  const read = template.decode(u)
  if (E.isLeft(read)) return undefined
  const v = read.right
  const base = {
    ...reported(scope, keyOf(scope, scope.field, scope.time, hashOf(u)), { raw: u }),
    kind: 'templateChanged' as const,
    template: v.message_template_name,
    ...present({
      account: scope.accounts.has(scope.account) ? scope.account : undefined,
      language: v.message_template_language,
      reason: reasonIn(v),
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
