/** What can be done with a call. What comes of it is reported as events; see `callAnswered`, `callMissed`, `callEnded`. */
export type CallAction =
  /**
   * Rings an agent's phone and joins the customer to it when it is answered. `leg` is our name for this attempt,
   * at most 16 letters and digits, and comes back with what is reported of it. The same leg again is the same
   * attempt.
   */
  | {
      readonly kind: 'connect'
      readonly leg: string
      /** The agent's phone, in the provider's words: a number, `PJSIP/bia`, `client:bia`, `sip:bia@pbx.example`. */
      readonly address: string
      /** Rings at most so long, in ms. */
      readonly timeout: number
    }
  /**
   * Calls a customer for an agent: rings the agent's phone first, as `connect` does, and when it is answered the
   * customer, whom it joins them to. `callAnswered` with the leg says that they talk; `callMissed` that the agent did
   * not answer; `callEnded` with an `outcome` that the customer did not.
   */
  | {
      readonly kind: 'place'
      readonly leg: string
      readonly address: string
      /** The agent's phone rings at most so long, in ms. */
      readonly timeout: number
      /** The customer's number. */
      readonly to: string
      /** The customer's phone rings at most so long, in ms. */
      readonly toTimeout: number
    }
  /** Ends an attempt, or takes that agent out of the call: the customer waits, again, with music. */
  | { readonly kind: 'release'; readonly leg: string }
  | { readonly kind: 'hold' }
  | { readonly kind: 'resume' }
  /** Passes the customer on to somebody outside, and is done with the call. */
  | { readonly kind: 'transfer'; readonly address: string }
  /**
   * The customer waits with music while the agent asks somebody, who is rung. When that fails, or whoever was asked
   * hangs up, the customer is back; when the agent hangs up, the customer is passed on.
   */
  | { readonly kind: 'consult'; readonly address: string; readonly timeout: number }
  /** Whoever was asked leaves, and the customer is back. */
  | { readonly kind: 'endConsult' }
  /** The agent leaves, and the customer talks to whoever was asked, at that address. */
  | { readonly kind: 'complete'; readonly address: string }
  /** Takes the call where whoever acts has the media themselves, such as WebRTC in a browser; `early`: not yet heard. */
  | { readonly kind: 'answer'; readonly session: unknown; readonly early?: boolean }
  | { readonly kind: 'reject' }
  | { readonly kind: 'hangUp' }

export interface CallCommand {
  readonly endpoint: string
  readonly call: string
  /** What the provider calls it, where that is another name than ours; see `callNamed`. */
  readonly name?: string | undefined
  readonly action: CallAction
}

const PLACED = 'placed.'

/** The name that we give a call that we place: whatever is reported of it can be understood by itself. */
export const placedCall = (id: string): string => `${PLACED}${id}`

export const isPlacedCall = (call: string): boolean => call.startsWith(PLACED)

/** A call that goes on, as far as the log knows. */
export interface LiveCall {
  readonly call: string
  readonly endpoint: string
}
