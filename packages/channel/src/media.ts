const STORED = 'stored:'

/** The `reference` of a file that we send from our own store: `stored:` and where the store has it. */
export const storedReference = (location: string): string => `${STORED}${location}`

/** Where our store has the file, if the reference is to one of ours. */
export const locationOf = (reference: string | undefined): string | undefined =>
  reference?.startsWith(STORED) ? reference.slice(STORED.length) : undefined

/** A file that the customer sent, as the message refers to it. */
export interface MediaReference {
  readonly endpoint: string
  /** `reference` of the content: the provider's id or address of the file. */
  readonly reference: string
  readonly mimeType?: string
  /** As the message gave it, base64 or hexadecimal: what was fetched must have it. */
  readonly sha256?: string
}

export interface MediaFile {
  readonly bytes: Uint8Array
  readonly mimeType: string
  /** Hexadecimal, of the bytes. */
  readonly sha256: string
  readonly filename?: string
}

/**
 * Why a file could not be fetched. `final`: it never will be. Otherwise fetch again from the reference, never
 * from an address that was learnt on the way: those live for minutes.
 */
export interface MediaFault {
  readonly final: boolean
  readonly reason: string
  readonly retryAfter?: number
}
