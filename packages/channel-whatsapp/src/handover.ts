import { type ChannelEvent, id, present, shape, unixTime } from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { personOf } from './identity.js'
import { digitsIn, keyOf, reported, type Scope, unrecognised } from './scope.js'

/** Whom the thread went to and came from: by the application, its role, or the role of who is behind it. */
const hands = shape(
  {},
  {
    new_owner_app_id: id,
    new_owner_app_role: t.string,
    new_owner_role: t.string,
    previous_owner_app_id: id,
    previous_owner_app_role: t.string,
    previous_owner_role: t.string,
  },
)

const handover = shape(
  { type: t.string, recipient: shape({ phone_number_id: id }, { display_phone_number: t.string }) },
  {
    sender: shape({}, { phone_number: id, wa_id: id, user_id: id, parent_user_id: id }),
    timestamp: unixTime,
    control_passed: hands,
    control_taken: hands,
  },
)

/** Meta's own agent, under each of the names that it has been seen to go by. */
const isAgent = (...roles: readonly (string | undefined)[]): boolean =>
  roles.some((role) => role !== undefined && /^(ai_agent|meta_business_agent|meta_ai)$/i.test(role))

/** The thread changed hands between Meta's agent, which answers by itself, and the business. */
export const handoverEvent = (
  u: Readonly<Record<string, unknown>>,
  outer: Scope,
): ChannelEvent | undefined => {
  const decoded = handover.decode(u)
  if (E.isLeft(decoded)) return undefined
  const { type, recipient, sender, timestamp, control_passed, control_taken } = decoded.right
  const hand = control_passed ?? control_taken
  const scope: Scope = {
    ...outer,
    endpoint: recipient.phone_number_id,
    number: digitsIn(recipient.display_phone_number),
  }
  const at = timestamp ?? scope.at
  const person = personOf(
    [sender?.wa_id ?? sender?.phone_number, sender?.user_id, sender?.parent_user_id],
    scope.contacts,
    scope.portfolio,
  )
  const [first] = person.peer
  if (!hand || !first) return unrecognised(scope, type, u, 'It does not say whose thread it is.', { at })
  const roles = [hand.new_owner_role, hand.new_owner_app_role]
  // Where it does not say to whom: what is passed is passed to us, since we hear of it, and what is taken from us.
  const isOurs = roles.some((role) => role !== undefined)
    ? !isAgent(...roles)
    : control_passed !== undefined || isAgent(hand.previous_owner_role, hand.previous_owner_app_role)
  return {
    ...reported(scope, keyOf(scope, type, first.value, String(timestamp ?? scope.time)), {
      peer: person.peer,
      at,
      raw: u,
    }),
    kind: 'threadControl',
    owner: isOurs ? 'us' : 'other',
    ...present({ application: isOurs ? hand.previous_owner_app_id : hand.new_owner_app_id }),
  }
}
