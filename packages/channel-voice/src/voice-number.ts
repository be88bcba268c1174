import type { Endpoint } from '@ramal/channel'

/** A number of ours that is called. */
export interface VoiceNumber {
  /** As the dial plan names it, or the provider: such as `551140028922` or `+551140028922`. */
  readonly id: string
  readonly label?: string
}

/** Nothing can be written in a call: what little the port asks for is never used. */
export const endpointsOf = (numbers: readonly VoiceNumber[]): readonly Endpoint[] =>
  numbers.map((number) => ({ ...number, capabilities: { maxText: 1 } }))
