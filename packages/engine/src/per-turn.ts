/** Turns in which what comes in is collected. */
const TURNS = 3

/**
 * Collects what comes in and hands it over together, a few turns of the event loop after the first. Where little comes
 * in these turns take microseconds. Where much does, each brings what came while the last was being worked on, so that
 * the turns grow larger and fewer, and whatever is paid by the turn, such as a sync of the disk, is paid for more.
 */
export const perTurn = <A>(work: (items: readonly A[]) => void): ((item: A) => void) => {
  let waiting: A[] = []
  const end = (left: number): void => {
    if (left > 0) return void setImmediate(end, left - 1)
    const all = waiting
    waiting = []
    work(all)
  }
  return (item) => {
    if (waiting.push(item) === 1) setImmediate(end, TURNS - 1)
  }
}
