import { type Bell, type Position, StoreError } from '@ramal/core'

/** Resolves when what follows the log has come as far as `wanted`; rejects when it has ended before. */
export const reach = async (
  wanted: Position,
  at: () => Position,
  rings: Bell,
  ended: AbortSignal,
  what: string,
): Promise<void> => {
  while (at() < wanted) {
    if (ended.aborted) throw new StoreError('closed', `${what} has ended.`)
    await rings.wait(at(), ended)
  }
}
