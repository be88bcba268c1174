import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  type Decider,
  type EventOf,
  eventFamily,
  eventType,
  type Fact,
  integer,
  record,
} from '../src/index.js'

/** The smallest domain that has all there is to test: state, refusals, nothing to do, nested data. */
export const counterEvents = eventFamily(
  'counter',
  eventType('Raised', record({ by: integer(1) }, { tags: t.array(t.string) })),
  eventType('Cleared', record({})),
)

export type CounterEvent = EventOf<typeof counterEvents>

export interface CounterState {
  total: number
  raised: { by: number; tags: string[] }[]
  byTag: Record<string, number>
}

export type CounterCommand =
  | { readonly type: 'raise'; readonly by: number; readonly tags?: readonly string[] }
  | { readonly type: 'clear' }

export const counter: Decider<CounterCommand, CounterEvent, CounterState, 'too much'> = {
  events: counterEvents,
  initial: () => ({ total: 0, raised: [], byTag: {} }),
  apply(draft, { type, data }) {
    if (type === 'Cleared') {
      draft.total = 0
      draft.raised = []
      draft.byTag = {}
      return
    }
    draft.total += data.by
    draft.raised.push({ by: data.by, tags: [...(data.tags ?? [])] })
    for (const tag of data.tags ?? []) draft.byTag[tag] = (draft.byTag[tag] ?? 0) + data.by
  },
  decide(command, state) {
    if (command.type === 'clear') return E.right(state.total === 0 ? [] : [{ type: 'Cleared', data: {} }])
    if (state.total + command.by > 1_000_000) return E.left('too much')
    const { by, tags } = command
    return E.right([{ type: 'Raised', data: tags ? { by, tags } : { by } }])
  },
}

export const factOf = (event: CounterEvent, version: number): Fact<CounterEvent> => ({
  ...event,
  stream: 'counter-1',
  version,
  meta: {
    id: `id-${version}`,
    at: 0,
    tenant: 't',
    correlationId: 'c',
    causationId: `command-${version}`,
    schemaVersion: 1,
  },
})

export const contextOf = (commandId: string) => ({ commandId, at: 1_700_000_000_000, tenant: 't' })
