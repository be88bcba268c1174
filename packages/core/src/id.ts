import * as crypto from 'node:crypto'

/** Node 20.12 does it in one call, at half the price. */
const sha256 = (key: string): string =>
  crypto.hash?.('sha256', key, 'hex') ?? crypto.createHash('sha256').update(key).digest('hex')

/**
 * The same UUID for the same key, on every machine: the first 128 bits of its SHA-256, marked as version 8
 * (RFC 9562). Ids made so let a command or a webhook be repeated without being done twice.
 */
export const uuidOf = (key: string): string => {
  const hex = sha256(key)
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** As many UUIDs as are asked for, to below 2^32, from one key: 96 bits of its SHA-256, and their number. */
export const uuidsOf = (key: string): ((index: number) => string) => {
  const stem = uuidOf(key).slice(0, -8)
  return (index) => stem + index.toString(16).padStart(8, '0')
}

/** A short name for the same key, on every machine: 80 bits of its SHA-256 in base 32 (0-9a-v), 16 characters. */
export const shortIdOf = (key: string): string => {
  const hex = sha256(key)
  // Five bytes are eight characters, and fit a double.
  const eight = (at: number) =>
    Number.parseInt(hex.slice(at, at + 10), 16)
      .toString(32)
      .padStart(8, '0')
  return eight(0) + eight(10)
}

/** A fresh id. Only for the edge, where something new comes in: never inside a decision. */
export const freshId = (): string => crypto.randomUUID()
