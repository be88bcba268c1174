import type { Decider } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { isAgreed, isTakenBack } from './consent.js'
import type { CustomerEvent, evidence, Purpose } from './events.js'
import { type Identifier, identifierKey } from './identifier.js'
import { type Customer, customerReducer } from './state.js'
import { matchKey } from './variants.js'

export type Evidence = t.TypeOf<typeof evidence>
export type ConsentSource = 'customer' | 'provider' | 'agent' | 'import' | 'signup'

export interface ConsentCommand {
  readonly channel: string
  readonly purpose: Purpose
  readonly source: ConsentSource
  readonly endpoint?: string
  readonly words?: string
  readonly message?: string
}

/** To one customer. What concerns two, `decideMerge` and `decideSplit` decide. */
export type CustomerCommand =
  /** They wrote to us, known by these identifiers, asserted together by the channel. */
  | {
      readonly type: 'identify'
      readonly identifiers: readonly Identifier[]
      readonly name?: string
      readonly evidence?: Evidence
      /** Refused where the id is that of somebody who has none of these identifiers, or has them no longer. */
      readonly stranger?: boolean
    }
  | { readonly type: 'link'; readonly identifier: Identifier; readonly evidence: Evidence }
  | { readonly type: 'unlink'; readonly identifier: Identifier; readonly reason: string }
  | ({ readonly type: 'grantConsent' } & ConsentCommand)
  | ({ readonly type: 'withdrawConsent' } & ConsentCommand)
  | { readonly type: 'learnTimeZone'; readonly zone: string }
  | { readonly type: 'assignSegment'; readonly segment?: string }
  | { readonly type: 'forget'; readonly reason: string }

export interface CustomerRefusal {
  readonly _tag: 'CustomerRefusal'
  readonly reason:
    | 'unknownCustomer'
    | 'noIdentifier'
    | 'someoneElse'
    | 'notLinked'
    | 'forgotten'
    | 'sameCustomer'
    | 'merged'
    | 'notMerged'
    | 'toldApart'
  readonly message: string
}

type Decision = E.Either<CustomerRefusal, readonly CustomerEvent[]>

const refuse = (reason: CustomerRefusal['reason'], message: string): Decision =>
  E.left({ _tag: 'CustomerRefusal', reason, message })

const when = (needed: boolean, event: CustomerEvent): Decision => E.right(needed ? [event] : [])

const hasOneOf = ({ identifiers }: Readonly<Customer>, some: readonly Identifier[]): boolean => {
  const own = new Set(Object.values(identifiers).map(matchKey))
  return some.some((one) => own.has(matchKey(one)))
}

const identify = (
  state: Readonly<Customer>,
  command: Extract<CustomerCommand, { type: 'identify' }>,
): Decision => {
  const { identifiers, name, evidence = { kind: 'same-payload' } } = command
  if (identifiers.length === 0)
    return refuse('noIdentifier', 'A customer is known by at least one identifier; none was given.')
  if (!state.known) return E.right([{ type: 'CustomerIdentified', data: { identifiers, name } }])
  if (command.stranger && !hasOneOf(state, identifiers))
    return refuse('someoneElse', 'This customer is known by none of these identifiers; take another id.')
  const links = identifiers
    .filter((identifier) => !(identifierKey(identifier) in state.identifiers))
    .map((identifier): CustomerEvent => ({ type: 'IdentifierLinked', data: { identifier, evidence } }))
  const named: readonly CustomerEvent[] =
    name !== undefined && state.name === undefined ? [{ type: 'CustomerNamed', data: { name } }] : []
  return E.right([...links, ...named])
}

export const customerDecider: Decider<CustomerCommand, CustomerEvent, Customer, CustomerRefusal> = {
  ...customerReducer,
  decide(command, state) {
    if (state.forgotten && command.type !== 'forget')
      return refuse('forgotten', 'This customer was forgotten; what they do next makes a new customer.')
    if (command.type === 'identify') return identify(state, command)
    if (!state.known)
      return refuse('unknownCustomer', `There is no such customer; "${command.type}" needs one.`)
    switch (command.type) {
      case 'link':
        return when(!(identifierKey(command.identifier) in state.identifiers), {
          type: 'IdentifierLinked',
          data: { identifier: command.identifier, evidence: command.evidence },
        })
      case 'unlink':
        return identifierKey(command.identifier) in state.identifiers
          ? E.right([
              {
                type: 'IdentifierUnlinked',
                data: { identifier: command.identifier, reason: command.reason },
              },
            ])
          : refuse('notLinked', `The identifier ${command.identifier.kind} is not linked to this customer.`)
      case 'grantConsent': {
        const { type: _, ...data } = command
        return when(!isAgreed(state, command), { type: 'ConsentGranted', data })
      }
      case 'withdrawConsent': {
        const { type: _, ...data } = command
        return when(!isTakenBack(state, command), { type: 'ConsentWithdrawn', data })
      }
      case 'learnTimeZone':
        return when(state.timeZone !== command.zone, {
          type: 'TimeZoneLearnt',
          data: { zone: command.zone },
        })
      case 'assignSegment':
        return when(state.segment !== command.segment, {
          type: 'SegmentAssigned',
          data: { segment: command.segment },
        })
      case 'forget':
        return when(!state.forgotten, { type: 'CustomerForgotten', data: { reason: command.reason } })
    }
  },
}
