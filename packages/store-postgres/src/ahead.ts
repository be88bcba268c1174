import type { Page, Position } from '@ramal/core'

/**
 * Asks for the next page while the consumer is busy with this one, so that the server and the consumer work at the
 * same time. One page ahead, never more.
 */
export const oneAhead = (
  readPage: (after: Position) => Promise<Page>,
): ((after: Position) => Promise<Page>) => {
  let next: { readonly after: Position; readonly page: Promise<Page> } | undefined
  return async (after) => {
    const page = await (next?.after === after ? next.page : readPage(after))
    next = undefined
    if (!page.caughtUp) {
      next = { after: page.position, page: readPage(page.position) }
      // Told to whoever asks for it; nobody may.
      next.page.catch(() => undefined)
    }
    return page
  }
}
