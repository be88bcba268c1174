/** What the metadata of a stream says about which of its events can be read. */
export interface StreamMetadata {
  readonly maxCount?: number
  /** Events before this revision cannot be read. `DELETED` for a stream that was deleted softly. */
  readonly truncateBefore?: number
}

/** The largest revision: as `$tb` it marks a soft delete. JSON cannot carry it exactly, so anything near it counts. */
export const DELETED = Number.MAX_SAFE_INTEGER

export const metastreamOf = (stream: string): string => `$$${stream}`

export const isMetastream = (stream: string): boolean => stream.startsWith('$$')

export const streamOfMetastream = (metastream: string): string => metastream.slice(2)

const whole = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 ? Math.min(value, DELETED) : undefined

export const parseStreamMetadata = (data: Uint8Array): StreamMetadata => {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(data).toString('utf8'))
  } catch {
    return {}
  }
  if (typeof json !== 'object' || json === null) return {}
  const { $maxCount, $tb } = json as Record<string, unknown>
  const [maxCount, truncateBefore] = [whole($maxCount), whole($tb)]
  return {
    ...(maxCount === undefined ? {} : { maxCount }),
    ...(truncateBefore === undefined ? {} : { truncateBefore }),
  }
}
