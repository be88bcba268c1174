import { type Identifier, identifierKey } from '@ramal/customer'
import type { Recipient } from '@ramal/outreach'
import type { EngineContext } from './context.js'
import { recogniseCustomer } from './customers.js'

/** Somebody whom a campaign is for, by the id that conversations name, or by an address; strangers become customers. */
export type Addressee = ({ readonly customer: string } | { readonly identifier: Identifier }) & {
  /** Take the place of a template's parameters, or of `{{1}}` in a text. */
  readonly parameters?: readonly string[]
}

/** Most that are looked up at the same time. */
const AT_ONCE = 32

/** Who they are. The campaign then names customers and holds no address: where somebody is reached may change. */
export const recipientsOf = async (
  engine: EngineContext,
  channel: string,
  endpoint: string,
  addressees: readonly Addressee[],
): Promise<readonly Recipient[]> => {
  const { directory, clock, store } = engine
  await directory.reached(await store.head())
  const customerOf = async (one: Addressee): Promise<string> => {
    if ('customer' in one) return directory.survivorOf(one.customer)
    const { identifier } = one
    const known = directory.customerOf(identifier)
    if (known !== undefined) return known
    const who = await recogniseCustomer(engine, channel, {
      kind: 'identityLinked',
      evidence: 'same-payload',
      dedupeKey: `recipient/${identifierKey(identifier)}`,
      at: clock.now(),
      endpoint,
      peer: [identifier],
    })
    return who.customer
  }
  const recipients: Recipient[] = []
  for (let i = 0; i < addressees.length; i += AT_ONCE) {
    const some = addressees.slice(i, i + AT_ONCE)
    const customers = await Promise.all(some.map(customerOf))
    for (const [k, { parameters }] of some.entries())
      recipients.push({ customer: customers[k]!, ...(parameters === undefined ? {} : { parameters }) })
  }
  return recipients
}
