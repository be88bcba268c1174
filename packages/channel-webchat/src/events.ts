import { readCursor, signCursor } from './cursor.js'
import { type FollowDeps, type Frame, follow, framesOf, pagesOf } from './frames.js'
import { json } from './http.js'
import type { Lifetime } from './lifetime.js'
import type { Settings } from './options.js'
import type { Claims } from './token.js'

const MAX_WAIT = 30

/** Text of a server-sent event; a cursor is sent as its id, so that a browser resumes by itself. */
export const sseText = (frame: Frame): string => {
  switch (frame.event) {
    case 'item':
      return `id: ${frame.cursor}\nevent: item\ndata: ${JSON.stringify(frame.item)}\n\n`
    case 'checkpoint':
      return `id: ${frame.cursor}\nevent: checkpoint\ndata: ${JSON.stringify({ ready: frame.ready })}\n\n`
    case 'typing':
      return `event: typing\ndata: ${JSON.stringify({ on: frame.on })}\n\n`
    case 'heartbeat':
      return ': still here\n\n'
  }
}

/** Where a client wants to go on; a browser's own `EventSource` says it in a header. */
export const cursorOf = (settings: Settings, request: Request, url: URL): string =>
  readCursor(settings, request.headers.get('last-event-id') ?? url.searchParams.get('after') ?? '')

/** The thread as server-sent events, until the client goes, the token expires or `life` ends. */
export const streamEvents = (deps: FollowDeps, claims: Claims, after: string, life: Lifetime): Response => {
  const frames = follow(deps, claims, after, life.signal)
  const encoder = new TextEncoder()
  // Also for a server that lets go of the body without cancelling it.
  life.signal.addEventListener('abort', () => void frames.return(), { once: true })
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // Headers alone are held back by some proxies until the first byte of the body.
      controller.enqueue(encoder.encode('retry: 1000\n\n'))
    },
    async pull(controller) {
      try {
        const { done, value } = await frames.next()
        if (!done) return controller.enqueue(encoder.encode(sseText(value)))
        life.end()
        controller.close()
      } catch (cause) {
        life.end()
        controller.error(cause)
      }
    },
    cancel: life.end,
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}

/** Long polling: what came after a cursor, at once or when something comes, at the latest after `wait` seconds. */
export const pollEvents = async (
  deps: FollowDeps,
  claims: Claims,
  after: string,
  wait: string | null,
  life: Lifetime,
): Promise<Response> => {
  const seconds = Math.min(Math.max(Number(wait ?? MAX_WAIT) || 0, 0), MAX_WAIT)
  const { clock } = deps.host
  if (seconds > 0) void clock.sleep(seconds * 1000, life.signal).then(life.end)
  let cursor = after
  const page = (events: readonly Frame[], ready: boolean) =>
    json(200, { events, cursor: signCursor(deps.settings, cursor), ready })
  try {
    for await (const { items, caughtUp, ...rest } of pagesOf(deps, claims, after, life.signal)) {
      cursor = rest.cursor
      if (items.length === 0 && !(caughtUp && seconds === 0)) continue
      const events = framesOf(deps.settings, { items, caughtUp, cursor }, clock.now()).filter(
        (frame) => frame.event === 'item',
      )
      return page(events, caughtUp)
    }
    return page([], true)
  } finally {
    life.end()
  }
}
