import { Problem } from './http.js'
import type { Settings } from './options.js'
import { equalTexts, signText } from './token.js'

const MAC_LENGTH = 12

const macOf = (secret: string, cursor: string): string =>
  signText(secret, 'cursor', cursor).slice(0, MAC_LENGTH)

/** A cursor of the log as it goes to a browser: signed, so that no reader is ever given one that was made up. */
export const signCursor = (settings: Settings, cursor: string): string =>
  cursor === '' ? '' : `${cursor}.${macOf(settings.secrets[0]!, cursor)}`

/** The cursor of the log; empty for the beginning. @throws Problem 400 */
export const readCursor = (settings: Settings, text: string): string => {
  if (text === '') return ''
  const dot = text.lastIndexOf('.')
  const [cursor, mac] = [text.slice(0, dot), text.slice(dot + 1)]
  if (dot < 1 || !settings.secrets.some((secret) => equalTexts(macOf(secret, cursor), mac)))
    throw new Problem(400, 'unknown_cursor', 'This cursor is none of ours; read again without one.')
  return cursor
}
