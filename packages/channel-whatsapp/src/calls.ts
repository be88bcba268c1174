import {
  type ChannelEvent,
  id,
  isObject,
  numeric,
  present,
  type Reported,
  shape,
  unixTime,
} from '@ramal/channel'
import { describeFaults } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { personOf } from './identity.js'
import { keyOf, reported, type Scope, unrecognised } from './scope.js'

const call = shape(
  { id, event: t.string },
  {
    from: id,
    to: id,
    from_user_id: id,
    to_user_id: id,
    direction: t.string,
    timestamp: unixTime,
    session: t.UnknownRecord,
    status: t.string,
    duration: numeric,
  },
)

/** Seconds as ms; nothing for what is no length of a call. */
const millisOf = (seconds = -1): number | undefined => {
  const ms = Math.round(seconds * 1000)
  return ms >= 0 && Number.isSafeInteger(ms) ? ms : undefined
}

/** One item of `calls`: somebody calls us, or our call is set up; or it is over. */
export const callEvent = (u: unknown, scope: Scope): ChannelEvent => {
  const decoded = call.decode(u)
  if (E.isLeft(decoded)) return unrecognised(scope, 'call', u, describeFaults(decoded.left))
  const read = decoded.right
  const isOurs = read.direction === 'BUSINESS_INITIATED'
  const person = personOf(
    isOurs ? [read.to, read.to_user_id] : [read.from, read.from_user_id],
    scope.contacts,
    scope.portfolio,
  )
  const at = read.timestamp ?? scope.at
  const base = reported(scope, keyOf(scope, read.id, read.event), {
    peer: person.peer,
    profileName: person.profileName,
    at,
  })
  const { from, to, session, duration, status } = read
  if (read.event === 'connect')
    return {
      ...base,
      kind: 'callOffered',
      call: read.id,
      direction: isOurs ? 'outbound' : 'inbound',
      ...present({ from, to, session }),
    }
  if (read.event === 'terminate')
    return {
      ...base,
      kind: 'callEnded',
      call: read.id,
      by: 'unknown',
      ...present({
        cause: status,
        duration: millisOf(duration),
      }),
      ...(isObject(u) && 'errors' in u ? { raw: u } : {}),
    }
  return unrecognised(scope, `call.${read.event}`, u, undefined, base)
}

/** How a call that we made goes. */
export const callStatusEvent = (name: string, status: string, base: Reported): ChannelEvent | undefined => {
  switch (status) {
    case 'RINGING':
      return { ...base, kind: 'callRang', call: name }
    case 'ACCEPTED':
      return { ...base, kind: 'callAnswered', call: name }
    case 'REJECTED':
      return { ...base, kind: 'callEnded', call: name, by: 'customer', cause: 'rejected' }
    default:
      return undefined
  }
}
