/** How many events are read before others have their turn; a read without events counts as some. */
const BUDGET = 400
const A_READ = 32

/**
 * Reads run at once in this thread, so a reader that reads on and on would never let a timer, a socket or a commit
 * have its turn. Resolves at once, or after a turn of the event loop when much was read since the last.
 */
export const takeTurns = () => {
  let spent = 0
  return async (events: number): Promise<void> => {
    spent += A_READ + events
    if (spent < BUDGET) return
    spent = 0
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
