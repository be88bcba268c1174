import { createHmac } from 'node:crypto'
import { type Server, serve } from 'srvx'
import { APP_SECRET, NUMBER } from './centre.js'

interface Sent {
  readonly id: string
  readonly to: string
  readonly text: string
  readonly correlation: string
}

/** A loopback stand-in for WhatsApp's API: it takes replies, and reports on them by signed webhooks. */
export interface Provider {
  readonly url: string
  readonly sent: readonly Sent[]
  /** What it has to report on what was sent since the last time: sent, delivered and read, not in order. */
  reports(at: number): readonly string[]
  stop(): Promise<void>
}

export const sign = (body: string): string =>
  `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`

export const envelope = (value: object): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '900800700',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550100', phone_number_id: NUMBER },
              ...value,
            },
          },
        ],
      },
    ],
  })

export const startProvider = async (run: string): Promise<Provider> => {
  const sent: Sent[] = []
  let reported = 0
  const server: Server = serve({
    hostname: '127.0.0.1',
    port: 0,
    silent: true,
    async fetch(request) {
      const message = (await request.json()) as {
        to: string
        text?: { body: string }
        biz_opaque_callback_data: string
      }
      const id = `wamid.OUT.${run}.${sent.length + 1}`
      sent.push({
        id,
        to: message.to,
        text: message.text?.body ?? '',
        correlation: message.biz_opaque_callback_data,
      })
      return Response.json({
        messaging_product: 'whatsapp',
        contacts: [{ input: message.to, wa_id: message.to }],
        messages: [{ id }],
      })
    },
  })
  await server.ready()
  return {
    url: server.url!.replace(/\/$/, ''),
    sent,
    reports(at) {
      const fresh = sent.slice(reported)
      reported = sent.length
      const status = (one: Sent, what: string) =>
        envelope({
          statuses: [
            {
              id: one.id,
              status: what,
              timestamp: String(Math.floor(at / 1000)),
              recipient_id: one.to,
              biz_opaque_callback_data: one.correlation,
            },
          ],
        })
      // Providers keep no order: every second one is read before it is delivered, and told so twice.
      return fresh.flatMap((one, i) =>
        i % 2 === 0
          ? [status(one, 'sent'), status(one, 'delivered'), status(one, 'read')]
          : [status(one, 'read'), status(one, 'delivered'), status(one, 'read'), status(one, 'sent')],
      )
    },
    stop: () => server.close(true),
  }
}
