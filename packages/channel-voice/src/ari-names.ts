/** Asterisk's limit on the ids that a client gives. */
const MAX_ID = 149

/**
 * The id of the channel that rings an agent: it says for which call and in which attempt, so that everything
 * that Asterisk reports about it can be understood by itself, also after a restart.
 */
export const legChannel = (call: string, leg: string): string => `ramal.${leg}.${call}`

export const fitsAsterisk = (id: string): boolean => id.length <= MAX_ID

/** The attempt that a channel is, if it is one of ours. */
export const legOf = (channel: string): { readonly call: string; readonly leg: string } | undefined => {
  const [, leg, call] = /^ramal\.([0-9a-z]{1,32})\.(.+)$/s.exec(channel) ?? []
  return leg === undefined || call === undefined ? undefined : { leg, call }
}

/** The attempt that rings whoever an agent asks: one at a time for each call. */
export const CONSULT = 'consult'

/** Where a customer and an agent talk. */
export const talkBridge = (call: string): string => `ramal.talk.${call}`

export const callOfTalk = (bridge: string): string | undefined => /^ramal\.talk\.(.+)$/s.exec(bridge)?.[1]

/** Where customers wait, with music. */
export const waitBridge = (app: string): string => `ramal.wait.${app}`

/** The argument with which an agent enters who is to be given a customer. */
export const CALLER = 'caller'
/** The argument with which a customer enters whom we have called: `outbound,OUR NUMBER,LEG`. */
export const OUTBOUND = 'outbound'
