import { createHash, randomUUID } from 'node:crypto'

/**
 * The same UUID for the same key, on every machine: the first 128 bits of its SHA-256, marked as version 8
 * (RFC 9562). Ids made so let a command or a webhook be repeated without being done twice.
 */
export const uuidOf = (key: string): string => {
  const hex = createHash('sha256').update(key).digest('hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A short name for the same key, on every machine: 80 bits of its SHA-256 in base 32 (0-9a-v), 16 characters. */
export const shortIdOf = (key: string): string => {
  const digest = createHash('sha256').update(key).digest()
  let bits = 0n
  for (let i = 0; i < 10; i++) bits = (bits << 8n) | BigInt(digest[i]!)
  return bits.toString(32).padStart(16, '0')
}

/** A fresh id. Only for the edge, where something new comes in: never inside a decision. */
export const freshId = (): string => randomUUID()
