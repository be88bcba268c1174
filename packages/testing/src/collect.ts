import type { Page, Recorded } from '@ramal/core'

/**
 * The events of pages, in order, to the end; or only the first `limit`, which ends a subscription that would go on.
 */
export const collect = async (
  pages: AsyncIterable<Page>,
  { limit = Number.POSITIVE_INFINITY }: { readonly limit?: number } = {},
): Promise<readonly Recorded[]> => {
  const events: Recorded[] = []
  if (limit <= 0) return events
  for await (const page of pages) {
    events.push(...page.events.slice(0, limit - events.length))
    if (events.length >= limit) break
  }
  return events
}
