import type { ChannelHost } from '@ramal/channel'
import { instant, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { checkOrigin } from './cors.js'
import { Problem } from './http.js'
import { type Submitted, submit } from './message.js'
import type { Settings } from './options.js'
import { type RateLimiter, rateLimiter } from './rate-limit.js'
import { authenticate, isTakenOver, peerOf, widgetOf } from './session.js'
import type { Claims } from './token.js'
import { type TypingBoard, typingBoard } from './typing.js'

/** What a visitor can do, whatever carries it. All methods throw a `Problem` for what is refused. */
export interface Service {
  readonly settings: Settings
  readonly typing: TypingBoard
  authenticate(
    host: ChannelHost,
    token: string | undefined,
    origin: string | null | undefined,
  ): Promise<Claims>
  submit(host: ChannelHost, claims: Claims, body: unknown): Promise<Submitted>
  tellTyping(host: ChannelHost, claims: Claims, body: unknown): Promise<void>
  tellRead(host: ChannelHost, claims: Claims, body: unknown): Promise<void>
  countUpload(host: ChannelHost, claims: Claims): void
  /** Counts a connection. @returns releases it */
  connect(claims: Claims): () => void
}

const typingRequest = record({ on: t.boolean })
const readRequest = record({ upTo: instant })

const checked = <A>(codec: t.Decoder<unknown, A>, body: unknown, expected: string): A => {
  const decoded = codec.decode(body)
  if (E.isLeft(decoded)) throw new Problem(400, 'malformed', `Expected ${expected}.`)
  return decoded.right
}

export const service = (settings: Settings): Service => {
  const messages = rateLimiter(settings.messageRate)
  // Signs and uploads are cheaper for a visitor to send than to take.
  const signs = rateLimiter({ count: 60, window: 60_000 })
  const connections = new Map<string, number>()

  const spend = (limiter: RateLimiter, claims: Claims, now: number) => {
    const wait = limiter.take(claims.session, now)
    if (wait > 0) throw new Problem(429, 'too_many', 'Too much at once; try again a little later.', wait)
  }
  const base = (claims: Claims, at: number) => ({
    at,
    endpoint: claims.widget,
    peer: peerOf(settings, claims),
  })

  return {
    settings,
    typing: typingBoard(),
    async authenticate(host, token, origin) {
      const claims = authenticate(settings, token, host.clock.now())
      checkOrigin(widgetOf(settings, claims.widget), origin)
      if (await isTakenOver(settings, host, claims))
        throw new Problem(
          401,
          'no_session',
          'This visitor has logged in since; ask POST /sessions for a token.',
        )
      return claims
    },
    async submit(host, claims, body) {
      spend(messages, claims, host.clock.now())
      return submit(settings, host, claims, body)
    },
    async tellTyping(host, claims, body) {
      const { on } = checked(typingRequest, body, '{"on": true or false}')
      const now = host.clock.now()
      spend(signs, claims, now)
      await host.ingest([
        { kind: 'typing', on, dedupeKey: `${claims.session}:typing:${now}`, ...base(claims, now) },
      ])
    },
    async tellRead(host, claims, body) {
      const { upTo } = checked(readRequest, body, '{"upTo": the time of the last message read, in ms}')
      const now = host.clock.now()
      spend(signs, claims, now)
      // What has not come yet cannot have been read.
      const read = Math.min(upTo, now)
      await host.ingest([
        { kind: 'readCursor', upTo: read, dedupeKey: `${claims.session}:read:${read}`, ...base(claims, now) },
      ])
    },
    countUpload: (host, claims) => spend(signs, claims, host.clock.now()),
    connect({ session }) {
      const open = connections.get(session) ?? 0
      if (open >= settings.maxConnections)
        throw new Problem(429, 'too_many', 'This visitor has too many open connections.', 5_000)
      connections.set(session, open + 1)
      return () => {
        const left = (connections.get(session) ?? 1) - 1
        if (left > 0) connections.set(session, left)
        else connections.delete(session)
      }
    },
  }
}
