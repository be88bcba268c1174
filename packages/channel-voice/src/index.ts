export * from './asterisk.js'
export type { AsteriskOptions } from './asterisk-options.js'
export * from './twilio-voice.js'
export type { VoiceNumber } from './voice-number.js'
