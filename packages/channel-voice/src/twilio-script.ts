import { element, escapeXml, response } from './twiml.js'

/** What Twilio is told to do, as TwiML. Each step comes back to us under its name, with what became of it. */
export interface TwilioScript {
  /** The customer waits with music, until we say otherwise. */
  readonly wait: string
  /** A queue that is full is tried again in a moment. */
  readonly waitLater: string
  /** What those who wait hear. */
  readonly music: string
  readonly hangUp: string
  readonly nothing: string
  ring(call: string, leg: string, address: string, seconds: number): string
  passOn(address: string): string
  /** For an agent who wants to call a customer, when they have picked up. */
  place(placed: Placed): string
  /** What Twilio tells of the agent's call meanwhile. */
  placedStatus(placed: Pick<Placed, 'call' | 'leg'>): string
}

interface Placed {
  readonly call: string
  readonly leg: string
  readonly to: string
  /** Our number, which the customer sees. */
  readonly from: string
  readonly seconds: number
}

export interface ScriptOptions {
  readonly publicUrl: string
  /** Address of a sound file. Default: Twilio's music. */
  readonly music?: string
  readonly record?: boolean
}

const QUEUE = 'ramal'
/** Of Twilio's `<Dial>`. */
const LONGEST_RING = 600

/** `client:bia`, `sip:bia@pbx.example`, or a number. */
const targetOf = (address: string, attributes: Readonly<Record<string, string>>): string => {
  const name = address.startsWith('client:') ? 'Client' : /^sips?:/.test(address) ? 'Sip' : 'Number'
  return element(name, attributes, escapeXml(name === 'Client' ? address.slice('client:'.length) : address))
}

export const twilioScript = ({ publicUrl, music, record }: ScriptOptions): TwilioScript => {
  const back = (step: string, more: Readonly<Record<string, string>> = {}) =>
    `${publicUrl}?${new URLSearchParams({ step, ...more })}`
  const enqueue = element(
    'Enqueue',
    { ...(music === undefined ? {} : { waitUrl: back('wait') }), action: back('left') },
    QUEUE,
  )
  const recording = record
    ? { record: 'record-from-answer-dual', recordingStatusCallback: back('recorded') }
    : {}
  return {
    wait: response(enqueue),
    waitLater: response(element('Pause', { length: 5 }), enqueue),
    music: response(element('Play', { loop: 0 }, escapeXml(music ?? ''))),
    hangUp: response('<Hangup/>'),
    nothing: '<Response/>',
    ring(call, leg, address, seconds) {
      const dial = { answerOnBridge: 'true', timeout: Math.min(LONGEST_RING, seconds), ...recording }
      const target = targetOf(address, {
        statusCallback: back('leg', { leg, call }),
        statusCallbackEvent: 'ringing answered',
      })
      return response(element('Dial', { ...dial, action: back('dialled', { leg }) }, target))
    },
    place({ call, leg, to, from, seconds }) {
      const dial = { answerOnBridge: 'true', timeout: Math.min(LONGEST_RING, seconds), callerId: from }
      const target = targetOf(to, {
        statusCallback: back('customer', { leg, call }),
        statusCallbackEvent: 'initiated ringing answered completed',
      })
      return response(
        element('Dial', { ...dial, ...recording, action: back('reached', { leg, call }) }, target),
      )
    },
    placedStatus: ({ call, leg }) => back('placed', { leg, call }),
    passOn: (address) =>
      response(
        element('Dial', { answerOnBridge: 'true', action: back('transferred') }, targetOf(address, {})),
      ),
  }
}
