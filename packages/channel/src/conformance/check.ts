import type { ChannelAdapter } from '../adapter.js'
import type { OutboundMessage } from '../outbound.js'
import type { RawRequest } from '../request.js'

/** What the suite must know of an adapter to put it to the test. */
export interface Subject {
  /**
   * The adapter under test. Its provider is at `origin`, on loopback; a call that is not answered within `timeout`
   * ms is given up.
   */
  readonly open: (origin: string, timeout: number) => ChannelAdapter
  /** Webhooks as the provider sends them, signed, each about facts of its own. */
  readonly requests: readonly RawRequest[]
  /** The provider signs nothing: do not expect a forged request to be refused. */
  readonly unsigned?: boolean
  /** Bodies are JSON: the suite may change values in them. Default true. */
  readonly json?: boolean
  readonly sending?: {
    readonly message: OutboundMessage
    /** How the provider answers when it takes the message. */
    readonly accepted: { readonly status: number; readonly body: string }
  }
  /** Must stand in no reason and no event that does not repeat it from outside. */
  readonly secrets: readonly string[]
}

export interface Settings {
  /** Of everything that is drawn by lot. */
  readonly seed: number
  /** How many are drawn. */
  readonly rounds: number
}

/** One promise of the port. */
export interface Check {
  readonly name: string
  readonly needs?: 'sending' | 'signed'
  /** Resolves when the promise is kept; rejects with what was found instead. */
  readonly run: (subject: Subject, settings: Settings) => void | Promise<void>
}

/** The adapter broke its contract. The message says what was promised and what was found. */
export class BrokenContract extends Error {
  override readonly name = 'BrokenContract'
}

export const ensure: (condition: boolean, broken: string) => asserts condition = (condition, broken) => {
  if (!condition) throw new BrokenContract(broken)
}

/** Where no provider is: for checks that must not call one. */
export const NOWHERE = 'http://127.0.0.1:9'
