import { joinConsents } from './consent.js'
import { type Customer, customerReducer } from './state.js'

/** One person of all that is known of them as several: the survivor first, then those merged into it. */
export const combined = (customers: readonly Readonly<Customer>[]): Customer => {
  const whole: Customer = { ...customerReducer.initial(), ...joinConsents(customers) }
  for (const one of customers) {
    whole.known ||= one.known
    whole.forgotten ||= one.forgotten
    whole.name ??= one.name
    whole.timeZone ??= one.timeZone
    if (one.known) whole.since = whole.since === 0 ? one.since : Math.min(whole.since, one.since)
    Object.assign(whole.identifiers, one.identifiers)
  }
  const { merged, into, apart } = customers[0] ?? whole
  return { ...whole, merged: [...merged], into, apart: [...apart] }
}
