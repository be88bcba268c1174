import { id, isObject, present, shape } from '@ramal/channel'
import { describeFaults } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ReadContent, Reader } from './reader.js'
import { question } from './sent.js'

const reply = shape({ id, title: t.string }, { description: t.string })

const choice = (u: unknown): ReadContent => {
  const read = reply.decode(u)
  return E.isRight(read) ? E.right({ kind: 'choice', ...read.right }) : E.left(describeFaults(read.left))
}

/** `response_json` is text that should be JSON. It is kept as it came, since it may be anything. */
const form = (u: unknown): ReadContent => {
  if (!isObject(u)) return E.left('nfm_reply: expected an object')
  const { response_json: json, name, body } = u
  return E.right({
    kind: 'form',
    json: typeof json === 'string' ? json : (JSON.stringify(json) ?? ''),
    ...present({
      name: typeof name === 'string' ? name : undefined,
      summary: typeof body === 'string' ? body : undefined,
    }),
  })
}

/** May we call? The answer is a choice whose id says so. */
const callPermission = (u: unknown): ReadContent => {
  const response = isObject(u) ? u.response : undefined
  return response === 'accept' || response === 'reject'
    ? E.right({ kind: 'choice', id: `call_permission:${response}`, title: response })
    : E.left('call_permission_reply.response: expected "accept" or "reject"')
}

const replies: ReadonlyMap<unknown, (u: unknown) => ReadContent> = new Map([
  ['button_reply', choice],
  ['list_reply', choice],
  ['nfm_reply', form],
  ['call_permission_reply', callPermission],
])

/** What the customer did with something that we sent to be acted on. */
export const interactive: Reader = (u) => {
  if (!isObject(u)) return E.left('interactive: expected an object')
  const read = replies.get(u.type)
  if (read) return read(u[String(u.type)])
  const sent = question(u)
  return E.isRight(sent) ? sent : E.left(`interactive.type: ${JSON.stringify(u.type)} is not known`)
}
