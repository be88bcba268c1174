/** Collects what comes in one turn of the event loop and hands it over together, when the turn is over. */
export const perTurn = <A>(work: (items: readonly A[]) => void): ((item: A) => void) => {
  let waiting: A[] = []
  const end = () => {
    const all = waiting
    waiting = []
    work(all)
  }
  return (item) => {
    if (waiting.push(item) === 1) setImmediate(end)
  }
}
