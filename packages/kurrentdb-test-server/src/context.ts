import type { Metadata, ServerErrorResponse } from '@grpc/grpc-js'
import { type Failure, isFailure } from './failure.js'
import type { CallKind, FaultDesk } from './faults.js'
import { checkLogin, type Login } from './gate.js'
import type { Log } from './log.js'
import type { Quirk } from './quirk.js'

/** What every service of the server shares. */
export interface Context {
  readonly log: Log
  readonly faults: FaultDesk
  readonly quirks: ReadonlySet<Quirk>
  readonly login: Login | undefined
  /** Of one append, in bytes of data and metadata. */
  readonly maxAppendSize: number
  /** Such as `26.1.0`. */
  readonly version: string
  /** The size of the buffer of a live subscription; one that is further behind is told that it fell behind. */
  readonly liveBuffer: number
  readonly port: () => number
}

/** Lets a call pass, or throws the failure with which it ends. */
export const admit = async (context: Context, kind: CallKind, metadata: Metadata): Promise<void> => {
  checkLogin(context.login, metadata)
  await context.faults.admit(kind)
}

/** What was thrown, as the failure of a call. */
export const failureOf = (thrown: unknown): Failure | (Partial<ServerErrorResponse> & Error) =>
  isFailure(thrown) ? thrown : thrown instanceof Error ? thrown : new Error(String(thrown))
