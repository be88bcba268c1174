import type { Instant } from '@ramal/core'
import type { MessagePurpose } from '@ramal/customer'
import type { Reached } from './facts.js'
import type { Cap } from './rules.js'

interface Kind {
  readonly purpose: MessagePurpose
  readonly channel: string
}

/** Whether a cap counts messages of this kind. */
export const capCounts = ({ purposes, channels }: Cap, { purpose, channel }: Kind): boolean =>
  (purposes?.includes(purpose) ?? purpose !== 'service') && (channels?.includes(channel) ?? true)

/** How many messages count for a cap at a moment: those after `now - per`. */
export const usedOf = (cap: Cap, sent: readonly Reached[], now: Instant): readonly Instant[] =>
  sent
    .filter((one) => capCounts(cap, one) && one.at > now - cap.per)
    .map(({ at }) => at)
    .sort((a, b) => a - b)

/** When a further message fits under a cap; `now` when it does, nothing when it never will. */
export const roomFrom = (cap: Cap, sent: readonly Reached[], now: Instant): Instant | undefined => {
  const used = usedOf(cap, sent, now)
  if (used.length < cap.most) return now
  const leaves = used[used.length - cap.most]
  return leaves === undefined ? undefined : leaves + cap.per
}
