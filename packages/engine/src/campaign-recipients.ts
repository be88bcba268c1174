import type { Identifier } from '@ramal/customer'
import type { Recipient } from '@ramal/outreach'
import type { EngineContext } from './context.js'
import { recogniseCustomer } from './customers.js'

/** Somebody whom a campaign is for, by the id that conversations name, or by an address; strangers become customers. */
export type Addressee = ({ readonly customer: string } | { readonly identifier: Identifier }) & {
  /** Take the place of a template's parameters, or of `{{1}}` in a text. */
  readonly parameters?: readonly string[]
}

/** Who they are. The campaign then names customers and holds no address: where somebody is reached may change. */
export const recipientsOf = async (
  engine: EngineContext,
  channel: string,
  endpoint: string,
  addressees: readonly Addressee[],
): Promise<readonly Recipient[]> => {
  const { directory, clock, store } = engine
  await directory.reached(await store.head())
  const recipients: Recipient[] = []
  for (const one of addressees) {
    const { parameters } = one
    let customer: string
    if ('customer' in one) customer = directory.survivorOf(one.customer)
    else {
      const { identifier } = one
      const known = directory.customerOf(identifier)
      const dedupeKey = `recipient/${identifier.kind}/${identifier.scope ?? ''}/${identifier.value}`
      const reported = { dedupeKey, at: clock.now(), endpoint, peer: [identifier] }
      customer =
        known ??
        (
          await recogniseCustomer(engine, channel, {
            kind: 'identityLinked',
            evidence: 'same-payload',
            ...reported,
          })
        ).customer
    }
    recipients.push({ customer, ...(parameters === undefined ? {} : { parameters }) })
  }
  return recipients
}
