/** Telephones of agents, and when they ring. */
export interface CallOptions {
  /**
   * The phone of an agent, as the provider of the call names it, such as `PJSIP/bia` or `+5511987654321`; undefined
   * for who takes calls at the desk. Default: nobody has one.
   */
  readonly addressOf?: (
    agent: string,
    call: { readonly channel: string; readonly endpoint: string },
  ) => string | undefined | Promise<string | undefined>
  /**
   * When the phone rings. `offered`: at once, and who picks up has accepted. `accepted`: when the agent has accepted
   * at the desk. Default `offered`.
   */
  readonly ring?: 'offered' | 'accepted'
  /**
   * Told of each call that comes in, with what the media side needs to take it, such as an SDP offer, which is
   * never stored. For programs that have the media themselves. It may be told twice.
   */
  readonly onOffered?: (offered: {
    readonly conversation: string
    readonly channel: string
    readonly endpoint: string
    readonly call: string
    readonly session?: unknown
  }) => void
  /** How long a phone rings for somebody who has accepted at the desk already, in ms. Default 20 s. */
  readonly ringFor?: number
  /** How long the telephone of a customer rings who is called by an agent, in ms. Default 45 s. */
  readonly customerRingFor?: number
}
