import { freshId, type NewEvent, type Page, type Recorded } from '@ramal/core'

/** A small event with an id of its own. */
export const event = (
  data: unknown = {},
  { id = freshId(), type = 'Noted', once }: { id?: string; type?: string; once?: true } = {},
): NewEvent => ({
  type,
  data,
  meta: { id, at: 1, tenant: 't', correlationId: 'c', causationId: 'c', schemaVersion: 1 },
  ...(once ? { once } : {}),
})

export const gather = async (pages: AsyncIterable<Page>): Promise<Recorded[]> => {
  const events: Recorded[] = []
  for await (const page of pages) events.push(...page.events)
  return events
}
