import * as E from 'fp-ts/lib/Either.js'
import type { CustomerRefusal, Evidence } from './commands.js'
import type { CustomerEvent } from './events.js'
import type { Customer } from './state.js'

/** A customer and the id that their stream has. */
export interface Named {
  readonly id: string
  readonly state: Readonly<Customer>
}

/**
 * What a merge or a split writes: into the stream of the one who survives, and into that of the other. Both or
 * neither, each at the version that was decided on: so that of two merges at once one is refused.
 */
export interface TwoSided {
  readonly survivor: readonly CustomerEvent[]
  readonly other: readonly CustomerEvent[]
}

type Decision = E.Either<CustomerRefusal, TwoSided>

const NOTHING: TwoSided = { survivor: [], other: [] }

const refuse = (reason: CustomerRefusal['reason'], message: string): Decision =>
  E.left({ _tag: 'CustomerRefusal', reason, message })

/** Why a customer takes no part in a merge. */
const fault = ({ id, state }: Named): Decision | undefined => {
  if (!state.known) return refuse('unknownCustomer', `There is no customer ${id}.`)
  if (state.forgotten)
    return refuse('forgotten', `Customer ${id} was forgotten; what they do next makes a new one.`)
  if (state.into !== undefined)
    return refuse(
      'merged',
      `Customer ${id} is merged into ${state.into}: name that one, or split ${id} off first.`,
    )
  return undefined
}

/**
 * One person, known as two: from now on `survivor`. Whoever is merged into another takes no part in merges, which
 * leaves no way to a cycle. What somebody has told apart by hand is merged by hand only.
 */
export const decideMerge = (survivor: Named, other: Named, evidence: Evidence): Decision => {
  if (survivor.id === other.id) return refuse('sameCustomer', `Customer ${other.id} is one already.`)
  if (survivor.state.merged.includes(other.id)) return E.right(NOTHING)
  const why = fault(other) ?? fault(survivor)
  if (why) return why
  const apart = survivor.state.apart.includes(other.id) || other.state.apart.includes(survivor.id)
  if (apart && evidence.kind !== 'agent')
    return refuse(
      'toldApart',
      `Customers ${survivor.id} and ${other.id} were told apart by hand; only an agent merges them again.`,
    )
  return E.right({
    survivor: [{ type: 'CustomersMerged', data: { merged: other.id, evidence } }],
    other: [{ type: 'CustomerAbsorbed', data: { into: survivor.id, evidence } }],
  })
}

/** The merge is undone, and stays so: payloads that name both do not merge them again. */
export const decideSplit = (survivor: Named, other: Named, reason: string): Decision => {
  if (!survivor.state.merged.includes(other.id))
    return refuse('notMerged', `Customer ${other.id} is not merged into ${survivor.id}.`)
  return E.right({
    survivor: [{ type: 'CustomersSplit', data: { split: other.id, reason } }],
    other: [{ type: 'CustomerReleased', data: { from: survivor.id, reason } }],
  })
}
