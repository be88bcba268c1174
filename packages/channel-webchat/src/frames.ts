import type { ChannelHost, ThreadPage } from '@ramal/channel'
import { identifierKey } from '@ramal/customer'
import { signCursor } from './cursor.js'
import { lifetime } from './lifetime.js'
import type { Settings } from './options.js'
import { peerOf } from './session.js'
import type { Claims } from './token.js'
import type { TypingBoard } from './typing.js'
import { type WireItem, wireItem } from './wire.js'

/**
 * What a connection carries. An `item` and a `checkpoint` have a cursor to go on after; `ready` says that all
 * there was has been sent; `typing` and `heartbeat` pass and leave no trace.
 */
export type Frame =
  | { readonly event: 'item'; readonly cursor: string; readonly item: WireItem }
  | { readonly event: 'checkpoint'; readonly cursor: string; readonly ready: boolean }
  | { readonly event: 'typing'; readonly on: boolean }
  | { readonly event: 'heartbeat' }

export const framesOf = (settings: Settings, page: ThreadPage, now: number): readonly Frame[] => {
  const items = page.items.map(
    (item): Frame => ({
      event: 'item',
      cursor: signCursor(settings, item.cursor),
      item: wireItem(settings, item, now),
    }),
  )
  return [...items, { event: 'checkpoint', cursor: signCursor(settings, page.cursor), ready: page.caughtUp }]
}

export interface FollowDeps {
  readonly settings: Settings
  readonly host: ChannelHost
  readonly typing: TypingBoard
}

/** The visitor's thread after a cursor, page by page as it grows. */
export const pagesOf = (
  { settings, host }: FollowDeps,
  claims: Claims,
  after: string,
  signal: AbortSignal,
): AsyncIterable<ThreadPage> =>
  host.threads.read(
    { endpoint: claims.widget, peer: peerOf(settings, claims)[0], ...(after === '' ? {} : { after }) },
    signal,
  )

/**
 * The thread after a cursor, and then what comes: pulled, so that a slow connection makes the reader wait and
 * nothing piles up. Ends when `signal` aborts or the token expires; the client then renews and goes on.
 */
export async function* follow(
  deps: FollowDeps,
  claims: Claims,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  const { settings, host, typing } = deps
  const { signal: ended, end } = lifetime([signal])
  void host.clock.sleep(claims.expiresAt - host.clock.now(), ended).then(end)

  let typed: boolean | undefined
  let page: IteratorResult<ThreadPage> | undefined
  let failure: { readonly cause: unknown } | undefined
  let beat = false
  let wake = () => {}
  const rouse = () => wake()
  ended.addEventListener('abort', rouse, { once: true })
  const unwatch = typing.watch(identifierKey(peerOf(settings, claims)[0]), (on) => {
    typed = on
    rouse()
  })
  const pages = pagesOf(deps, claims, after, ended)[Symbol.asyncIterator]()
  const pull = () =>
    void pages.next().then(
      (next) => {
        page = next
        rouse()
      },
      (cause: unknown) => {
        failure = { cause }
        rouse()
      },
    )
  const tick = () =>
    void host.clock.sleep(settings.heartbeat, ended).then(() => {
      beat = true
      rouse()
    })
  pull()
  tick()
  try {
    while (!ended.aborted) {
      if (failure) throw failure.cause
      if (page) {
        if (page.done) return
        const frames = framesOf(settings, page.value, host.clock.now())
        page = undefined
        yield* frames
        pull()
      } else if (typed !== undefined) {
        const on = typed
        typed = undefined
        yield { event: 'typing', on }
      } else if (beat) {
        beat = false
        yield { event: 'heartbeat' }
        tick()
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    end()
    unwatch()
    await pages.return?.()
  }
}
