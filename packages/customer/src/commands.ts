import type { Decider } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { CustomerEvent, evidence, Purpose } from './events.js'
import { type Identifier, identifierKey } from './identifier.js'
import { type Customer, consentKey, customerReducer } from './state.js'

export type Evidence = t.TypeOf<typeof evidence>
export type ConsentSource = 'customer' | 'provider' | 'agent' | 'import' | 'signup'

interface ConsentCommand {
  readonly channel: string
  readonly purpose: Purpose
  readonly source: ConsentSource
  readonly endpoint?: string
  readonly words?: string
  readonly message?: string
}

export type CustomerCommand =
  /** They wrote to us, known by these identifiers, asserted together by the channel. */
  | {
      readonly type: 'identify'
      readonly identifiers: readonly Identifier[]
      readonly name?: string
      readonly evidence?: Evidence
    }
  | { readonly type: 'link'; readonly identifier: Identifier; readonly evidence: Evidence }
  | { readonly type: 'unlink'; readonly identifier: Identifier; readonly reason: string }
  | { readonly type: 'merge'; readonly customer: string; readonly evidence: Evidence }
  | { readonly type: 'split'; readonly customer: string; readonly reason: string }
  | ({ readonly type: 'grantConsent' } & ConsentCommand)
  | ({ readonly type: 'withdrawConsent' } & ConsentCommand)
  | { readonly type: 'forget'; readonly reason: string }

export interface CustomerRefusal {
  readonly _tag: 'CustomerRefusal'
  readonly reason: 'unknownCustomer' | 'noIdentifier' | 'notLinked' | 'notMerged' | 'forgotten'
  readonly message: string
}

type Decision = E.Either<CustomerRefusal, readonly CustomerEvent[]>

const refuse = (reason: CustomerRefusal['reason'], message: string): Decision =>
  E.left({ _tag: 'CustomerRefusal', reason, message })

const when = (needed: boolean, event: CustomerEvent): Decision => E.right(needed ? [event] : [])

const identify = (
  state: Readonly<Customer>,
  { identifiers, name, evidence = { kind: 'same-payload' } }: Extract<CustomerCommand, { type: 'identify' }>,
): Decision => {
  if (identifiers.length === 0)
    return refuse('noIdentifier', 'A customer is known by at least one identifier; none was given.')
  if (!state.known) return E.right([{ type: 'CustomerIdentified', data: { identifiers, name } }])
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
      case 'merge':
        return when(!state.merged.includes(command.customer), {
          type: 'CustomersMerged',
          data: { merged: command.customer, evidence: command.evidence },
        })
      case 'split':
        return state.merged.includes(command.customer)
          ? E.right([{ type: 'CustomersSplit', data: { split: command.customer, reason: command.reason } }])
          : refuse('notMerged', `Customer ${command.customer} is not merged into this one.`)
      case 'grantConsent':
      case 'withdrawConsent': {
        const { type, ...data } = command
        const granted = type === 'grantConsent'
        const now = state.consent[consentKey(command.channel, command.purpose)]
        return when(now?.granted !== granted, { type: granted ? 'ConsentGranted' : 'ConsentWithdrawn', data })
      }
      case 'forget':
        return when(!state.forgotten, { type: 'CustomerForgotten', data: { reason: command.reason } })
    }
  },
}
