import { createHash } from 'node:crypto'
import { provider } from '@ramal/channel/conformance'
import { whatsapp } from '@ramal/channel-whatsapp'
import type { Clock } from '@ramal/core'
import { NUMBER, SECRET } from './desk.js'

/** What Meta was asked, and what it is to do about files. On a loopback address, by real HTTP. */
export interface Meta {
  readonly origin: string
  /** Files by media id. */
  readonly files: Map<string, { readonly bytes: Buffer; readonly mimeType: string }>
  /** Answers with this status instead, to so many requests that match. */
  readonly faults: { match: RegExp; status: number; times: number; code?: number }[]
  readonly asked: string[]
  readonly sent: Record<string, unknown>[]
  /** The forms that were uploaded. */
  readonly uploaded: string[]
  /** Held until it is let go. */
  hold: Promise<void> | undefined
  channel(clock: Clock): ReturnType<typeof whatsapp>
  close(): Promise<void>
}

export const hashOfFile = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64')

export const openMeta = async (): Promise<Meta> => {
  const files: Meta['files'] = new Map()
  const faults: Meta['faults'] = []
  const [asked, sent, uploaded]: [string[], Record<string, unknown>[], string[]] = [[], [], []]
  let origin = ''
  const server = await provider(async (request, response, body) => {
    const line = `${request.method} ${request.url}`
    asked.push(line)
    if (meta.hold) await meta.hold
    const fault = faults.find(({ match, times }) => times > 0 && match.test(line))
    if (fault) {
      fault.times--
      response.statusCode = fault.status
      return response.end(JSON.stringify({ error: { code: fault.code ?? 2, message: 'no' } }))
    }
    const [, kind, id = ''] = /^\/(v1\.0|file)\/([^/?]+)/.exec(request.url ?? '') ?? []
    if (kind === 'file') {
      const file = files.get(id)
      response.statusCode = file ? 200 : 404
      response.setHeader('content-type', file?.mimeType ?? 'text/plain')
      return response.end(file?.bytes)
    }
    if (request.url?.endsWith('/media')) {
      uploaded.push(body.toString('latin1'))
      return response.end(JSON.stringify({ id: `up${uploaded.length}` }))
    }
    if (request.url?.endsWith('/messages')) {
      sent.push(JSON.parse(body.toString()))
      return response.end(JSON.stringify({ messages: [{ id: `wamid.OUT${sent.length}` }] }))
    }
    const file = files.get(id)
    if (!file) {
      response.statusCode = 400
      return response.end(JSON.stringify({ error: { code: 100, message: 'there is no such file' } }))
    }
    response.end(JSON.stringify({ url: `${origin}/file/${id}`, mime_type: file.mimeType, id }))
  })
  origin = server.origin
  const meta: Meta = {
    ...{ origin, files, faults, asked, sent, uploaded, hold: undefined },
    channel: (clock) =>
      whatsapp({
        appSecret: SECRET,
        verifyToken: 'check',
        accessToken: 'token',
        numbers: [{ id: NUMBER }],
        apiVersion: 'v1.0',
        baseUrl: origin,
        mediaHosts: [origin],
        clock,
      }),
    close: server.close,
  }
  return meta
}
