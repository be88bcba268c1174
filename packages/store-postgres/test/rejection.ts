import { StoreError } from '@ramal/core'

/** What a call rejects with; fails when that is no `StoreError`, or when it resolves. */
export const rejection = (call: Promise<unknown>): Promise<StoreError> =>
  call.then(
    (value) => {
      throw new Error(`It resolved with ${JSON.stringify(value)}.`)
    },
    (error) => {
      if (error instanceof StoreError) return error
      throw error
    },
  )
