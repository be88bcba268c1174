import type { CallAction, CallCommand, SendFault } from '@ramal/channel'
import type { Graph } from '@ramal/channel-meta'
import * as E from 'fp-ts/lib/Either.js'
import { classify, withPause } from './errors.js'

/**
 * The action of the Calling API, with the media that goes with it. Whoever takes a call has the media themselves, such
 * as WebRTC in a browser: WhatsApp rings nobody of ours, and joins nobody.
 */
const bodyOf = (action: CallAction): Readonly<Record<string, unknown>> | undefined => {
  switch (action.kind) {
    case 'answer':
      return { action: action.early ? 'pre_accept' : 'accept', session: action.session }
    case 'reject':
      return { action: 'reject' }
    case 'hangUp':
      return { action: 'terminate' }
    default:
      return undefined
  }
}

/** Does something with a call, once. Source: Meta, "Cloud API Calling", 2026. */
export const controlCall = async (
  graph: Graph,
  { endpoint, call, action }: CallCommand,
): Promise<E.Either<SendFault, void>> => {
  const body = bodyOf(action)
  if (!body)
    return E.left({
      class: 'content',
      reason: `"${action.kind}" is nothing that WhatsApp does with a call; route its calls by SIP to a telephone exchange.`,
    })
  const path = `${encodeURIComponent(endpoint)}/calls`
  const done = await graph.call('POST', path, classify, {
    messaging_product: 'whatsapp',
    call_id: call,
    ...body,
  })
  return E.isLeft(done) ? E.left(withPause(done.left)) : E.right(undefined)
}
