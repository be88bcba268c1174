import { type ChannelAdapter, locationOf, type MediaFile, type SendFault } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import type { Clock, Instant } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { type MediaStore, sha256Of } from './media-store.js'

export interface Uploads {
  /** The content as the channel takes it: a file of ours is given to the provider first, unless it has it. */
  prepare(adapter: ChannelAdapter, endpoint: string, content: Content): Promise<E.Either<SendFault, Content>>
  /** The provider did not take a message with this file: it is given to it anew the next time. */
  forget(adapter: ChannelAdapter, endpoint: string, content: Content): void
}

const DAY = 86_400_000

/** Most uploads that are remembered: the oldest are made again. */
const MOST = 10_000

const refuse = (reason: string): E.Either<SendFault, never> => E.left({ class: 'content', reason })

/** Files that go out. What was uploaded is sent by its reference as long as the provider keeps it. */
export const uploads = (store: MediaStore | undefined, clock: Clock): Uploads => {
  const known = new Map<string, { readonly reference: string; readonly until: Instant }>()
  const underWay = new Map<string, Promise<E.Either<SendFault, string>>>()

  const keyOf = ({ id }: ChannelAdapter, endpoint: string, location: string) =>
    `${id}/${endpoint}/${location}`

  const upload = async (
    adapter: ChannelAdapter,
    endpoint: string,
    location: string,
    filename: string | undefined,
  ): Promise<E.Either<SendFault, string>> => {
    if (!adapter.uploadMedia) return refuse('this channel takes no files from us; send a link to the file')
    if (!store) return refuse('the engine has no media store; start it with one to send files')
    const blob = await store.get(location)
    if (!blob) return refuse('the file is not in the media store')
    const bytes = new Uint8Array(await blob.arrayBuffer())
    const file: MediaFile = {
      ...{ bytes, mimeType: blob.type, sha256: sha256Of(bytes) },
      ...(filename === undefined ? {} : { filename }),
    }
    const result = await adapter.uploadMedia(endpoint, file)()
    if (E.isRight(result)) {
      const { uploadsLast = DAY } = adapter
      known.set(keyOf(adapter, endpoint, location), {
        reference: result.right,
        until: clock.now() + uploadsLast,
      })
      if (known.size > MOST) known.delete(known.keys().next().value!)
    }
    return result
  }

  return {
    async prepare(adapter, endpoint, content) {
      const location = content.kind === 'media' ? locationOf(content.reference) : undefined
      if (content.kind !== 'media' || location === undefined || adapter.readsStored) return E.right(content)
      const key = keyOf(adapter, endpoint, location)
      const before = known.get(key)
      if (before && before.until > clock.now()) return E.right({ ...content, reference: before.reference })
      // Two messages with the same file at once need it uploaded once.
      const running = underWay.get(key) ?? upload(adapter, endpoint, location, content.filename)
      underWay.set(key, running)
      const result = await running.finally(() => underWay.delete(key))
      return E.isLeft(result) ? result : E.right({ ...content, reference: result.right })
    },
    forget(adapter, endpoint, content) {
      const location = content.kind === 'media' ? locationOf(content.reference) : undefined
      if (location !== undefined) known.delete(keyOf(adapter, endpoint, location))
    },
  }
}
