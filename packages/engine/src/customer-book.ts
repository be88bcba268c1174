import { type CustomerEvent, type Identifier, matchKey } from '@ramal/customer'

/** Who claims which identifier, and who was merged into whom: a fold of the customers' streams. */
export interface CustomerBook {
  /**
   * The customers who claim an identifier, or a variant of it, before merges; its owner first. More than one when
   * two processes met a stranger at once under several names.
   */
  ownersOf(identifier: Identifier): readonly string[]
  /** After merges. */
  survivorOf(customer: string): string
  /** Somebody has split one off the other, and nobody has merged the two since. */
  areApart(one: string, other: string): boolean
  /** The survivor first, then all who were merged into them, however indirectly. */
  membersOf(customer: string): readonly string[]
  fold(customer: string, event: CustomerEvent): void
}

const NOBODY: readonly string[] = []

export const customerBook = (): CustomerBook => {
  const owners = new Map<string, string>()
  /** Claims beside the owner's. Rare, and healed by a merge. */
  const contested = new Map<string, string[]>()
  const into = new Map<string, string>()
  const merged = new Map<string, Set<string>>()

  const apart = new Set<string>()
  const pairOf = (one: string, other: string): string => [one, other].sort().join(' ')

  const claim = (identifier: Identifier, customer: string): void => {
    const key = matchKey(identifier)
    const owner = owners.get(key)
    if (owner === undefined) owners.set(key, customer)
    const others = contested.get(key) ?? []
    if (owner !== undefined && owner !== customer && !others.includes(customer))
      contested.set(key, [...others, customer])
  }

  const release = (key: string, customer: string): void => {
    const rest = [owners.get(key), ...(contested.get(key) ?? [])].filter((id) => id !== customer)
    const [owner, ...others] = rest
    if (owner === undefined) owners.delete(key)
    else owners.set(key, owner)
    if (others.length === 0) contested.delete(key)
    else contested.set(key, others as string[])
  }

  const survivorOf = (customer: string): string => {
    let survivor = customer
    for (let next = into.get(customer); next !== undefined; next = into.get(next)) survivor = next
    return survivor
  }

  const isAbove = (one: string, customer: string): boolean => {
    for (let id: string | undefined = customer; id !== undefined; id = into.get(id))
      if (id === one) return true
    return false
  }

  const leave = (customer: string): void => {
    const before = into.get(customer)
    if (before === undefined) return
    into.delete(customer)
    const rest = merged.get(before)
    rest?.delete(customer)
    if (rest?.size === 0) merged.delete(before)
  }

  const collect = (customer: string, found: string[]): readonly string[] => {
    found.push(customer)
    for (const one of merged.get(customer) ?? NOBODY) collect(one, found)
    return found
  }

  return {
    ownersOf(identifier) {
      const key = matchKey(identifier)
      const owner = owners.get(key)
      if (owner === undefined) return NOBODY
      const others = contested.get(key)
      return others ? [owner, ...others] : [owner]
    },
    survivorOf,
    areApart: (one, other) => apart.has(pairOf(one, other)),
    membersOf: (customer) => collect(survivorOf(customer), []),
    fold(id, { type, data }) {
      switch (type) {
        case 'CustomerIdentified':
          for (const identifier of data.identifiers) claim(identifier, id)
          return
        case 'IdentifierLinked':
          return claim(data.identifier, id)
        case 'IdentifierUnlinked':
          return release(matchKey(data.identifier), id)
        case 'CustomersMerged':
          // Commands make no circle; a log that was put together by hand might.
          if (isAbove(data.merged, id)) return
          apart.delete(pairOf(id, data.merged))
          leave(data.merged)
          into.set(data.merged, id)
          merged.set(id, (merged.get(id) ?? new Set()).add(data.merged))
          return
        case 'CustomersSplit':
          apart.add(pairOf(id, data.split))
          if (into.get(data.split) === id) leave(data.split)
          return
        case 'CustomerForgotten': {
          for (const [key, owner] of owners)
            if (owner === id || contested.get(key)?.includes(id)) release(key, id)
          return
        }
      }
    },
  }
}
