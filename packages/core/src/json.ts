import { createHash } from 'node:crypto'

/** What an event's data is made of: what JSON can carry and give back the same. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** `T` with every field read-only, to any depth. */
export type Deep<T> = T extends object ? { readonly [K in keyof T]: Deep<T[K]> } : T

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  // Without a prototype, `__proto__` is a key like any other.
  const out: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value).sort()) out[key] = sorted((value as Record<string, unknown>)[key])
  return out
}

/** JSON with the keys of every object in the order of their code units: equal data gives equal text. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value))

/** The first 128 bits of the SHA-256 of the canonical JSON, as 32 hexadecimal digits. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32)
