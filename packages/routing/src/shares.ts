import type { Policy } from './policy/index.js'

/** How much more waits in queues with shares than their shares of all that wait in such queues. */
export interface Sharing {
  /**
   * By how much more: the fixed queue ratio of Gurvich and Whitt (2007), times the sum of the shares, so that it is
   * an integer. 0 without a share.
   */
  excess(queue: string): number
  /** One ticket less waits there. */
  served(queue: string): void
}

/** @param lengths how many wait, by queue; changed by `served` */
export const sharing = ({ shares }: Policy, lengths: Map<string, number>): Sharing => {
  let all = 0
  for (const name of shares.of.keys()) all += lengths.get(name) ?? 0
  return {
    excess(queue) {
      const share = shares.of.get(queue)
      return share === undefined ? 0 : (lengths.get(queue) ?? 0) * shares.sum - share * all
    },
    served(queue) {
      lengths.set(queue, (lengths.get(queue) ?? 0) - 1)
      if (shares.of.has(queue)) all--
    },
  }
}
