import { StoreError } from './errors.js'

/** `category-id`, such as `conversation-7f3a`. The category has no dash; the id may have. */
export type StreamName = `${string}-${string}`

/** The longest stream name that every store takes, in UTF-16 code units. */
export const MAX_STREAM_NAME = 200

export const streamName = (category: string, id: string): StreamName => `${category}-${id}`

export const categoryOf = (stream: StreamName): string => stream.slice(0, stream.indexOf('-'))

export const idOf = (stream: StreamName): string => stream.slice(stream.indexOf('-') + 1)

/** Says why a text is no stream name, or nothing when it is one. */
export const streamNameFault = (stream: string): string | undefined => {
  const dash = stream.indexOf('-')
  if (dash < 1 || dash === stream.length - 1) return 'it needs a category and an id with a dash between'
  if (stream.length > MAX_STREAM_NAME)
    return `it has ${stream.length} characters, at most ${MAX_STREAM_NAME} fit`
  for (let i = 0; i < stream.length; i++) {
    const code = stream.charCodeAt(i)
    if (code < 0x20 || code === 0x7f) return `character ${i} is a control character`
  }
  if (!stream.isWellFormed()) return 'it has half of a surrogate pair'
  return stream.startsWith('$') ? 'names that begin with $ belong to the store' : undefined
}

/** @throws StoreError `invalid` */
export const checkStreamName = (stream: string): void => {
  const fault = streamNameFault(stream)
  if (fault !== undefined)
    throw new StoreError(
      'invalid',
      `Stream name ${JSON.stringify(stream.slice(0, 80))} is refused: ${fault}.`,
    )
}
