/** A webhook as it arrived. The body is untouched: signatures are over bytes, not over what they mean. */
export interface RawRequest {
  readonly method: string
  /** As received; adapters whose provider signs the address have the public one in their options. */
  readonly url: string
  readonly headers: { get(name: string): string | null }
  readonly body: Uint8Array
}

/** What is answered to the provider. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Why a request is not let in. `reason` is for our own log and is counted: one of a few texts, with no secret and
 * nothing of the request in it. It is not told to whoever asked.
 */
export interface Refusal {
  /** 400 malformed, 401 not signed, 403 signed wrongly, 405 wrong method, 413 too large. */
  readonly status: 400 | 401 | 403 | 405 | 413
  readonly reason: string
}

/** What an adapter takes where its provider does not say otherwise: 3 MiB, the largest that Meta sends. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024
