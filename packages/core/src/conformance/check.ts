import type { EventStore } from '../store.js'

export type Open = () => Promise<EventStore>

export interface Settings {
  /** Fewer and smaller rounds. */
  readonly quick: boolean
  /** Of everything that is drawn by lot. */
  readonly seed: number
  /** How long to wait for what must come, in ms. A store that is right never makes a check wait so long. */
  readonly patience: number
  /** Opens the log of the last `open` again, after that handle was closed. For stores that keep what they hold. */
  readonly reopen?: Open
  /** Opens the log of the last `open` while that handle is open, as another process would. */
  readonly beside?: Open
  /** Breaks every connection that the handle of the last `open` has, as a network does. */
  readonly disturb?: () => Promise<void>
}

/** One promise of the contract. */
export interface Check {
  readonly name: string
  /** In ms. Default 30,000. */
  readonly timeout?: number
  /** What the settings must hold for the check to be possible. */
  readonly needs?: 'reopen' | 'beside' | 'disturb'
  /** Resolves when the promise is kept; rejects with what was found instead. */
  readonly run: (open: Open, settings: Settings) => Promise<void>
}
