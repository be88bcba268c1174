import { type ChannelEvent, id, type Pricing, present, shape, statusReported, unixTime } from '@ramal/channel'
import { graphErrorOf, reasonOf } from '@ramal/channel-meta'
import { describeFaults } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { callStatusEvent } from './calls.js'
import { list } from './codecs.js'
import { classify, STOPPED } from './errors.js'
import { personOf } from './identity.js'
import { keyOf, reported, type Scope, unrecognised } from './scope.js'

const status = shape(
  { id, status: t.string },
  {
    timestamp: unixTime,
    type: t.string,
    recipient_id: id,
    recipient_user_id: id,
    parent_recipient_user_id: id,
    recipient_type: t.string,
    recipient_participant_id: id,
    recipient_participant_user_id: id,
    biz_opaque_callback_data: t.string,
    conversation: shape({}, { origin: shape({}, { type: t.string }) }),
    pricing: shape({}, { category: t.string, billable: t.boolean, pricing_model: t.string, type: t.string }),
    errors: list,
  },
)
export type Status = t.TypeOf<typeof status>

const steps: ReadonlyMap<string, 'sent' | 'delivered' | 'read' | 'played' | 'failed'> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'played'],
  ['failed', 'failed'],
] as const)

const pricingOf = ({ pricing, conversation }: Status): Pricing | undefined => {
  const type = pricing?.type ?? conversation?.origin?.type
  if (!pricing && type === undefined) return undefined
  return present({
    category: pricing?.category,
    billable: pricing?.billable,
    model: pricing?.pricing_model,
    type,
  })
}

/** One step of one of our messages, or of one of our calls. */
export const statusEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const decoded = status.decode(u)
  if (E.isLeft(decoded)) return unrecognised(scope, 'status', u, describeFaults(decoded.left))
  const read = decoded.right
  const participant = read.recipient_participant_id ?? read.recipient_participant_user_id
  // The recipient of a message to a group is the group; who read it is the participant.
  const isGroup = read.recipient_type === 'group'
  const person = personOf(
    isGroup
      ? [read.recipient_participant_id, read.recipient_participant_user_id]
      : [read.recipient_id, read.recipient_user_id, read.parent_recipient_user_id],
    scope.contacts,
    scope.portfolio,
  )
  const at = read.timestamp ?? scope.at
  const base = reported(
    scope,
    keyOf(scope, read.id, read.status, ...(participant === undefined ? [] : [participant])),
    { peer: person.peer, profileName: person.profileName, at },
  )
  if (read.type === 'call')
    return callStatusEvent(read.id, read.status, base) ?? unrecognised(scope, 'call', u, undefined, base)
  // A payment has statuses too, and can fail more than once, under the id of the message that asked for it.
  if (read.type !== undefined && read.type !== 'message')
    return unrecognised(scope, `${read.type}.${read.status}`, u, 'It is no status of a message.', base)
  // The customer took the message back.
  if (read.status === 'deleted') return { ...base, kind: 'messageRevoked', target: read.id }
  const to = steps.get(read.status)
  if (!to) return unrecognised(scope, `status.${read.status}`, u, 'It is no status that we know.', base)
  const error = graphErrorOf(read.errors?.[0])
  const fault = error && classify(error)
  return statusReported(base, {
    providerId: read.id,
    to,
    correlation: read.biz_opaque_callback_data,
    pricing: pricingOf(read),
    reason: error && reasonOf(error),
    code: error && String(error.code),
    class: fault,
    purpose: fault === 'consent' ? STOPPED : undefined,
    raw: read.errors && u,
  })
}
