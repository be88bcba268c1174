import type { Capabilities, ChannelAdapter, OutboundMessage, SendFault, SendReceipt } from '@ramal/channel'
import * as E from 'fp-ts/lib/Either.js'

const DAY = 86_400_000

/** As WhatsApp: free text for a day after the customer's last message, then templates. */
export const WINDOW = { open: DAY, after: 'template' } as const

/** As Messenger: longer for people, who say so by a tag. */
export const HUMAN_WINDOW = {
  open: DAY,
  after: 'nothing',
  human: { open: 7 * DAY, tag: 'HUMAN_AGENT' },
} as const

export interface FakeChannel {
  readonly adapter: ChannelAdapter
  /** What was handed over, in order. */
  readonly sent: OutboundMessage[]
}

/** A channel without a provider: it keeps what it is given, and answers as it is told to. */
export const fakeChannel = (
  options: {
    readonly channel?: string
    readonly endpoint?: string
    readonly window?: Capabilities['window']
    readonly answer?: (message: OutboundMessage) => E.Either<SendFault, SendReceipt>
  } = {},
): FakeChannel => {
  const { channel = 'whatsapp', endpoint = 'shop', window } = options
  const { answer = ({ message }) => E.right({ providerId: `out-${message}` }) } = options
  const sent: OutboundMessage[] = []
  return {
    sent,
    adapter: {
      channel,
      id: channel,
      endpoints: [
        { id: endpoint, capabilities: { maxText: 4096, template: true, ...(window ? { window } : {}) } },
      ],
      verify: () => E.right(undefined),
      decode: () => [],
      send: (message) => async () => {
        sent.push(message)
        return answer(message)
      },
    },
  }
}
