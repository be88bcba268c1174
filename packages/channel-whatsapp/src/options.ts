import type { PaceOptions } from '@ramal/channel'
import type { GraphOptions } from '@ramal/channel-meta'

export interface WhatsAppNumber {
  /** `phone_number_id`: what webhooks and calls name the number by. Not the number. */
  readonly id: string
  /** The WhatsApp business account (WABA) that it belongs to. Needed where several have templates of one name. */
  readonly account?: string
  /** The number, for people. */
  readonly label?: string
}

export interface WhatsAppOptions extends GraphOptions {
  /** Where the engine listens: `/webhooks/<id>`. Default `whatsapp`. */
  readonly id?: string
  /** Several while the secret is being changed. */
  readonly appSecret: string | readonly string[]
  /** The token that was typed into the app dashboard beside the address of the webhook. */
  readonly verifyToken: string
  readonly numbers: readonly WhatsAppNumber[]
  /**
   * Names the business portfolio within which user ids (BSUIDs) are unique. Give adapters of one portfolio the
   * same name. Default `whatsapp`.
   */
  readonly portfolio?: string
  /** The field of a send that takes a user id. Default `recipient`. */
  readonly userIdField?: 'recipient' | 'to'
  /**
   * How fast to send. Default 80 messages a second and number, and one in 6 s to one person after ten at once: what
   * a new number is allowed. Numbers shared with the Business app are allowed 20 a second, old ones up to 1,000.
   */
  readonly pace?: Pick<PaceOptions, 'endpoint' | 'pair' | 'maxWait'>
  /** Hosts that files come from. Default those of Meta. */
  readonly mediaHosts?: readonly string[]
  /** Largest file that is fetched. Default 100 MiB. */
  readonly maxMediaBytes?: number
}
