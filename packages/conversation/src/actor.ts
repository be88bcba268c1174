import { oneOf, record } from '@ramal/core'
import * as t from 'io-ts'

/** Who acted. `external`: through another tool at the provider, not through us. */
export const actor = record(
  { kind: oneOf('human', 'bot', 'customer', 'system', 'external') },
  { id: t.string },
)
export type Actor = t.TypeOf<typeof actor>
