import type { ChannelAdapter, ChannelHost } from '@ramal/channel'
import { identifierKey } from '@ramal/customer'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { storeOutbound } from './attachments.js'
import { capabilitiesOf, settingsOf, type WebchatOptions } from './options.js'
import { handleRequest } from './routes.js'
import { service as makeService, type Service } from './service.js'

/** The adapter, and what `serveSockets` needs of it. */
export interface Webchat extends ChannelAdapter {
  readonly service: Service
  readonly stopping: AbortSignal
  /** Nothing before the engine has started it. */
  readonly host: () => ChannelHost | undefined
}

/**
 * Web chat with a protocol of its own: what visitors say comes in by HTTP or WebSocket, and what is said to them
 * is read from the log. A message has arrived, therefore, as soon as it is in the log.
 * @throws RangeError for options that cannot work
 */
export const webchat = (options: WebchatOptions): Webchat => {
  const settings = settingsOf(options)
  const service = makeService(settings)
  const stop = new AbortController()
  let started: ChannelHost | undefined
  const { attachments } = settings
  const capabilities = capabilitiesOf(settings)
  return {
    channel: 'webchat',
    id: settings.id,
    service,
    stopping: stop.signal,
    host: () => started,
    endpoints: settings.widgets.map(({ id, label }) => ({
      id,
      capabilities,
      ...(label === undefined ? {} : { label }),
    })),
    // What agents send is read from the log with the rest of the thread, and so are its files.
    readsStored: true,
    verify: () => E.left({ status: 405, reason: 'web chat has no webhook; see the paths in its protocol' }),
    decode: () => [],
    send: (message) => TE.right({ providerId: message.message }),
    indicate({ to, indication }) {
      if (indication.kind === 'typing') service.typing.tell(identifierKey(to), indication.on)
      return TE.right(undefined)
    },
    handle: (request, host) => handleRequest(request, host, service, stop.signal),
    start: (host, signal) =>
      new Promise((resolve) => {
        started = host
        const end = () => {
          stop.abort()
          resolve()
        }
        if (signal.aborted) end()
        else signal.addEventListener('abort', end, { once: true })
      }),
    ...(attachments
      ? {
          fetchMedia: ({ reference }) =>
            TE.tryCatch(
              async () => {
                const blob = await attachments.get(reference)
                if (!blob) throw new RangeError('there is no attachment of this id')
                const { mimeType, sha256, name: filename } = blob.info
                return { bytes: blob.bytes, mimeType, sha256, filename }
              },
              (e) => ({ final: e instanceof RangeError, reason: e instanceof Error ? e.message : String(e) }),
            ),
          eraseMedia: (reference) =>
            TE.tryCatch(
              () => attachments.delete(reference),
              (e) => ({ final: false, reason: e instanceof Error ? e.message : String(e) }),
            ),
          uploadMedia: (_, file) =>
            TE.tryCatch(
              () => storeOutbound(attachments, file),
              (e) => ({ class: 'retry', reason: e instanceof Error ? e.message : String(e) }),
            ),
        }
      : {}),
  }
}
