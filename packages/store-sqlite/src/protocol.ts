import type { Appended, Conflict, Instant, StoreErrorCode } from '@ramal/core'
import { StoreError } from '@ramal/core'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Log } from './log.js'

/** What goes between a store and the thread of its log. */
export interface Methods {
  /** Appends of one turn, each as JSON: what JSON cannot carry is then refused as it is without a thread. */
  append(requests: readonly string[], now: Instant): readonly (Either<Conflict, Appended> | Failure)[]
  head(): number
  streamRows: Log['streamRows']
  logRows: Log['logRows']
  backup(toFile: string): void
  compact: Log['compact']
  integrity: Log['integrity']
  close(): void
}

export type Method = keyof Methods

/** A `StoreError` on its way through a port, which keeps no class. */
export interface Failure {
  readonly _tag: 'Failure'
  readonly code: StoreErrorCode
  readonly message: string
}

export interface Call {
  readonly id: number
  readonly method: Method
  readonly args: readonly unknown[]
}

export interface Reply {
  /** Of the call; 0 for the opening. */
  readonly id: number
  readonly value: unknown
}

export const failureOf = (error: unknown): Failure => ({
  _tag: 'Failure',
  code: error instanceof StoreError ? error.code : 'unavailable',
  message: error instanceof Error ? error.message : String(error),
})

export const isFailure = (value: unknown): value is Failure =>
  typeof value === 'object' && value !== null && '_tag' in value && value._tag === 'Failure'

export const errorOf = ({ code, message }: Failure): StoreError => new StoreError(code, message)
