import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { signIdentity } from '@ramal/channel-webchat'
import { IDENTITY_SECRET, WIDGET } from './centre.js'
import { envelope, sign } from './provider.js'

/** What customers know of their own messages, kept beside the log: it outlives a kill, as their phones do. */
export interface Memory {
  /** Messages that were acknowledged, by the id that their sender gave them. */
  readonly acknowledged: ReadonlySet<string>
  acknowledge(id: string): void
  token(visitor: string): string | undefined
  keepToken(visitor: string, token: string): void
}

export const openMemory = (file: string): Memory => {
  const acknowledged = new Set<string>()
  const tokens = new Map<string, string>()
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  for (const line of lines) {
    // The last line may be torn by a kill; what it said was not said.
    const [kind, key, value] = line.split(' ')
    if (kind === 'ack' && key && value === '.') acknowledged.add(key)
    if (kind === 'token' && key && value) tokens.set(key, value)
  }
  return {
    acknowledged,
    acknowledge(id) {
      if (acknowledged.has(id)) return
      acknowledged.add(id)
      appendFileSync(file, `ack ${id} .\n`)
    },
    token: (visitor) => tokens.get(visitor),
    keepToken(visitor, token) {
      tokens.set(visitor, token)
      appendFileSync(file, `token ${visitor} ${token}\n`)
    },
  }
}

export interface Customers {
  /** By WhatsApp: the provider delivers it as a signed webhook. Gives the status of the answer. */
  write(who: string, phone: string, id: string, text: string, at: number): Promise<number>
  /** The same, with a signature that is not the provider's. */
  forge(phone: string, id: string, text: string, at: number): Promise<number>
  /** A status that the provider reports. */
  report(body: string): Promise<number>
  /** By the chat of the site, where they are logged in. */
  chat(who: string, id: string, text: string): Promise<number>
  /** What the visitor sees in the chat window: read from the log as server-sent events are. */
  screen(who: string): Promise<readonly string[]>
}

export const customersOf = (url: string, memory: Memory): Customers => {
  const post = (path: string, body: string, headers: Record<string, string>) =>
    fetch(`${url}/webhooks/${path}`, { method: 'POST', body, headers })
  const incoming = (who: string, phone: string, id: string, text: string, at: number) =>
    envelope({
      contacts: [{ profile: { name: who }, wa_id: phone }],
      messages: [
        { from: phone, id, timestamp: String(Math.floor(at / 1000)), type: 'text', text: { body: text } },
      ],
    })
  const hook = async (body: string, signature = sign(body)) => {
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
    return (await post('whatsapp', body, headers)).status
  }
  const session = async (who: string): Promise<string> => {
    const identity = { externalId: who, signature: signIdentity(IDENTITY_SECRET, who), name: who }
    const body = JSON.stringify({ widget: WIDGET, identity, token: memory.token(who) })
    const response = await post('webchat/sessions', body, { 'content-type': 'application/json' })
    const { token } = (await response.json()) as { token: string }
    memory.keepToken(who, token)
    return token
  }
  return {
    async write(who, phone, id, text, at) {
      const status = await hook(incoming(who, phone, id, text, at))
      if (status === 200) memory.acknowledge(id)
      return status
    },
    forge: (phone, id, text, at) => hook(incoming('nobody', phone, id, text, at), `sha256=${'0'.repeat(64)}`),
    report: (body) => hook(body),
    async chat(who, id, text) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${await session(who)}` }
      const response = await post('webchat/messages', JSON.stringify({ clientMsgId: id, text }), headers)
      if (response.ok) memory.acknowledge(id)
      return response.status
    },
    async screen(who) {
      const headers = { authorization: `Bearer ${await session(who)}` }
      const response = await fetch(`${url}/webhooks/webchat/events?wait=0`, { headers })
      interface Frame {
        readonly item?: { readonly kind: string; readonly content?: { readonly text?: string } }
      }
      const { events } = (await response.json()) as { readonly events: readonly Frame[] }
      return events.flatMap(({ item }) => (item?.kind === 'message' ? [item.content?.text ?? ''] : []))
    },
  }
}
