import { createHash } from 'node:crypto'

/** A 64-bit number for the advisory lock of a schema: no two schemas of a database share one. */
export const lockKey = (schema: string): string =>
  createHash('sha256').update(`ramal/${schema}`).digest().readBigInt64BE(0).toString()

/**
 * For functions: their plans are made once a connection and kept, and must not depend on how full the table was
 * when they were made.
 */
export const FUNCTION_SETTINGS = `
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set jit = off`
