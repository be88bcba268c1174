import type { Conversation } from '@ramal/conversation'
import { expectedAt, type Guard, type Instant, type Loaded, load, streamName, type Write } from '@ramal/core'
import { customerReducer } from '@ramal/customer'
import { reachReducer, type SendFacts, type SendingRules } from '@ramal/outreach'
import type { EngineContext } from './context.js'
import { endpointOf, factsOf, isCapped, purposeOf, type Request } from './send-facts.js'
import { templateReducer, templateStreamOf } from './templates.js'

export interface Seen {
  readonly facts: SendFacts
  readonly guards: readonly Guard[]
  /** Where it is counted, and at which version that was read; nothing where no cap counts it. */
  readonly reach: Pick<Write, 'stream' | 'expected'> | undefined
}

/** Everything that the rules ask for, and a guard for each stream that it was read from. */
export const look = async (
  engine: EngineContext,
  rules: SendingRules,
  request: Request & { readonly requestedAt: Instant },
  conversation: Conversation,
): Promise<Seen> => {
  const { store, directory, adapters } = engine
  const { channel, endpoint, customer } = conversation
  const members = directory.membersOf(customer)
  const guards: Guard[] = []
  const read = async <S>(stream: Guard['stream'], loading: Promise<Loaded<S>>): Promise<S> => {
    const { state, version } = await loading
    guards.push({ stream, expected: expectedAt(version) })
    return state
  }
  const customers = await Promise.all(
    members.map((id) => {
      const stream = streamName('customer', id)
      return read(stream, load(store, customerReducer, stream))
    }),
  )
  const isCounted = isCapped(rules, { purpose: purposeOf(request.purpose), channel })
  const reaches = await Promise.all(
    (isCounted ? members : []).map((id) => {
      const stream = streamName('reach', id)
      return read(stream, load(store, reachReducer, stream))
    }),
  )
  const found = endpointOf(adapters, conversation)
  const stream = templateStreamOf(channel, found?.endpoint, request.content)
  const template = stream && (await read(stream, load(store, templateReducer, stream)))
  const facts = factsOf(request, conversation, {
    requestedAt: request.requestedAt,
    customers,
    reaches,
    template,
    last: directory.lastOf(channel, endpoint, members),
    window: found?.endpoint.capabilities.window,
  })
  const counter = isCounted ? streamName('reach', members[0]!) : undefined
  return {
    facts,
    guards: guards.filter(({ stream }) => stream !== counter),
    reach: guards.find(({ stream }) => stream === counter),
  }
}
