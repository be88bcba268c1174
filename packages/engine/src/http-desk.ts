import { type ChannelAdapter, MAX_BODY_BYTES, type RawRequest } from '@ramal/channel'

/** What is answered, whatever the server speaks. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What both faces of the engine share: the one for Fetch servers and the one for `node:http`. */
export interface Desk {
  /** The channel that a path leads to; what to answer where there is none. */
  readonly find: (pathname: string) => ChannelAdapter | Answer
  /** A webhook whose body has been read; without one it was too large. `answer` is called once, and later. */
  readonly webhook: (
    adapter: ChannelAdapter,
    raw: RawRequest | undefined,
    answer: (answer: Answer) => void,
  ) => void
  /** What a channel with a protocol of its own answers; nothing for what is a webhook. */
  readonly own: (adapter: ChannelAdapter, request: Request) => Promise<Response | undefined>
  /** What to answer when something broke. Nothing is acknowledged that may not be stored. */
  readonly broken: (error: unknown) => Answer
}

/** The longest body that is read, in bytes. */
export const MOST_BYTES = MAX_BODY_BYTES

/** Whether a path led nowhere. */
export const isAnswer = (found: ChannelAdapter | Answer): found is Answer => 'status' in found
