import { storedReference } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import * as E from 'fp-ts/lib/Either.js'
import type { CommandOptions, EngineContext } from './context.js'
import { type Erasable, type EraseResult, type ErasureGrounds, eraseFiles } from './erase.js'
import type { FetchResult, Media, MediaOptions } from './media.js'
import { plainType, sha256Of } from './media-store.js'
import { OptionsError } from './options-error.js'
import { serveMedia } from './serve-media.js'

type MediaContent = Extract<Content, { kind: 'media' }>

export interface OutgoingFile {
  readonly bytes: Uint8Array
  readonly mimeType: string
  readonly filename?: string
  readonly caption?: string
  /** A sound that is shown as spoken. */
  readonly voice?: boolean
  /** Default: what the type says. */
  readonly media?: MediaContent['media']
}

/** Files that customers send and that agents answer with. Needs `media` among the options. */
export interface Files {
  /**
   * A file of a conversation as the answer to a browser, which may be given to agents who may see the conversation;
   * who they are is for the caller to know. 404 for what never was, 503 while it is being fetched, 410 for what
   * cannot be or was erased. `request`: for parts and for what the browser has already.
   */
  media(conversation: string, attachment: string, request?: Request): Promise<Response>
  /** Fetches a file from its provider now, whatever became of it before. */
  fetchAgain(conversation: string, attachment: string): Promise<FetchResult>
  /**
   * Keeps a file and makes a content of it, to be sent any number of times: each channel is given it once.
   * @throws OptionsError without a media store
   */
  attach(file: OutgoingFile): Promise<MediaContent>
  /**
   * Erases files, those that came in and those that were sent: of a conversation, or of a customer in all of theirs.
   * When it resolves they are not served any more, and will not be fetched; their bytes go as soon as an engine with
   * a media store has read it, which `AttachmentErased` says. Bytes that another conversation has too stay for that
   * one. Nothing else of the log is changed. Erasing again changes nothing.
   */
  eraseMedia(of: Erasable, grounds: ErasureGrounds, options?: CommandOptions): Promise<EraseResult>
}

const mediaOf = (mimeType: string): MediaContent['media'] => {
  const kind = mimeType.split('/', 1)[0]
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document'
}

export const files = (
  engine: EngineContext,
  options: MediaOptions | undefined,
  media: Media | undefined,
  conversationsOf: (customer: string) => Promise<readonly string[]>,
): Files => ({
  media: (conversation, attachment, request) =>
    serveMedia(engine.store, options?.store, conversation, attachment, request),
  async eraseMedia(of, grounds, options) {
    if ('customer' in of) return eraseFiles(engine, await conversationsOf(of.customer), grounds, options)
    return eraseFiles(engine, [of.conversation], { ...grounds, attachments: of.attachments }, options)
  },
  fetchAgain: async (conversation, attachment) =>
    media
      ? media.fetchAgain(conversation, attachment)
      : E.left({ final: true, reason: 'The engine has no media store: start it with the option "media".' }),
  async attach({ bytes, mimeType, filename, caption, voice, media: kind }) {
    if (!options)
      throw new OptionsError('A file needs a media store: start the engine with the option "media".')
    const type = plainType(mimeType)
    const location = await options.store.put(bytes, type)
    const sha256 = sha256Of(bytes)
    return {
      ...{ kind: 'media', media: kind ?? mediaOf(type), attachment: sha256, sha256 },
      ...{ reference: storedReference(location), mimeType, bytes: bytes.length },
      ...(filename === undefined ? {} : { filename }),
      ...(caption === undefined ? {} : { caption }),
      ...(voice === undefined ? {} : { voice }),
    }
  },
})
