export { locationOf, storedReference } from '@ramal/conversation'

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
