import { streamName } from '@ramal/core'
import { customerEvents, type Evidence, type Identifier } from '@ramal/customer'
import type { EngineContext } from './context.js'

/** What the site itself has said, and not an agent who guessed well. */
const isSigned = ({ kind }: Evidence): boolean => kind === 'signed-login' || kind === 'same-payload'

/** The `external_id`s that a site has signed for whoever has this identifier. */
export const loginsOf = async (
  { directory, store }: Pick<EngineContext, 'directory' | 'store'>,
  peer: Identifier,
): Promise<readonly Identifier[]> => {
  await directory.reached(await store.head())
  const found: Identifier[] = []
  const seen = new Set<string>()
  const waiting = [...directory.ownersOf(peer)]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    for await (const { events } of store.read(streamName('customer', id)))
      for (const recorded of events) {
        const fact = customerEvents.upcast(recorded)
        if (fact?.type === 'CustomerIdentified') found.push(...fact.data.identifiers)
        else if (fact?.type === 'IdentifierLinked' && isSigned(fact.data.evidence))
          found.push(fact.data.identifier)
        else if (fact?.type === 'CustomersMerged' && isSigned(fact.data.evidence))
          waiting.push(fact.data.merged)
        else if (fact?.type === 'CustomerAbsorbed' && isSigned(fact.data.evidence))
          waiting.push(fact.data.into)
      }
  }
  return found.filter(({ kind }) => kind === 'external_id')
}
