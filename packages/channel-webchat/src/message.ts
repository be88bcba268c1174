import type { ChannelEvent, ChannelHost, Ingested } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import { describeFaults, instant, nonEmpty, record } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Problem } from './http.js'
import { MAX_MESSAGE_BYTES, type Settings } from './options.js'
import { peerOf } from './session.js'
import { sniffedMedia } from './sniff.js'
import type { Claims } from './token.js'

const messageRequest = record(
  { clientMsgId: nonEmpty },
  {
    text: t.string,
    /** What an upload was answered with. */
    attachment: nonEmpty,
    /** An option of a menu. */
    choice: record({ id: nonEmpty, title: t.string }),
    sentAt: instant,
  },
)

type MessageRequest = t.TypeOf<typeof messageRequest>

export interface Submitted {
  readonly clientMsgId: string
  /** It had been accepted before. */
  readonly duplicate: boolean
}

/** The client's id of a message, from the id that the log has. */
export const clientMsgIdOf = (providerId: string): string => providerId.slice(providerId.indexOf(':') + 1)

const malformed = (message: string) => new Problem(400, 'malformed', message)

const contentOf = async (settings: Settings, claims: Claims, body: MessageRequest): Promise<Content> => {
  const given = [body.text, body.attachment, body.choice].filter((part) => part !== undefined)
  if (given.length !== 1) throw malformed('Give exactly one of text, attachment and choice.')
  if (body.attachment !== undefined) {
    const info = await settings.attachments?.info(body.attachment)
    // Another visitor's file is not admitted to exist.
    if (!info || info.owner !== claims.visitor)
      throw new Problem(404, 'unknown_attachment', 'There is no attachment of this id; upload it first.')
    return {
      kind: 'media',
      media: sniffedMedia(info.mimeType),
      attachment: body.attachment,
      reference: body.attachment,
      mimeType: info.mimeType,
      filename: info.name,
      bytes: info.bytes,
      sha256: info.sha256,
    }
  }
  const said = body.choice?.title ?? body.text ?? ''
  if (said.trim() === '') throw malformed('The message is empty.')
  if (Buffer.byteLength(said) + Buffer.byteLength(body.choice?.id ?? '') > MAX_MESSAGE_BYTES)
    throw new Problem(413, 'too_large', `A message has at most ${MAX_MESSAGE_BYTES} bytes of UTF-8.`)
  const text = said.toWellFormed()
  return body.choice ? { kind: 'choice', id: body.choice.id, title: text } : { kind: 'text', text }
}

/**
 * Takes a message of a visitor. When it resolves, the message is in the log, once, however often it was sent.
 * @throws Problem for a message that is refused
 */
export const submit = async (
  settings: Settings,
  host: ChannelHost,
  claims: Claims,
  body: unknown,
): Promise<Submitted> => {
  const decoded = messageRequest.decode(body)
  if (E.isLeft(decoded)) throw malformed(`${describeFaults(decoded.left)}.`)
  const { clientMsgId, sentAt } = decoded.right
  if (!/^[\w-]{8,64}$/.test(clientMsgId))
    throw malformed('clientMsgId: 8 to 64 of A-Z a-z 0-9 _ -, new for every message; a UUID will do.')
  const now = host.clock.now()
  const key = `${claims.session}:${clientMsgId}`
  const event: ChannelEvent = {
    kind: 'message',
    dedupeKey: key,
    providerId: key,
    at: now,
    endpoint: claims.widget,
    peer: peerOf(settings, claims),
    content: await contentOf(settings, claims, decoded.right),
    ...(claims.name === undefined ? {} : { profileName: claims.name }),
    // The visitor's clock is not trusted, but tells how long the message waited for a connection.
    ...(sentAt === undefined ? {} : { raw: { sentAt } }),
  }
  const [ingested]: readonly (Ingested | undefined)[] = await host.ingest([event])
  return { clientMsgId, duplicate: ingested?.duplicate ?? false }
}
