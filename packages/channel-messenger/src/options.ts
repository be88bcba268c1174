import type { GraphOptions } from '@ramal/channel-meta'

export interface Page {
  /** Of the page, or of the Instagram account: what webhooks name it by. */
  readonly id: string
  /** Of this page: tokens are given per page. */
  readonly accessToken: GraphOptions['accessToken']
  /** For people. */
  readonly label?: string
  /** What to send through, when that is not `id`: the page that an Instagram account belongs to. */
  readonly sendAs?: string
}

export interface MessengerOptions extends Omit<GraphOptions, 'accessToken'> {
  /** Where the engine listens: `/webhooks/<id>`. Default `messenger` or `instagram`. */
  readonly id?: string
  /** Several while the secret is being changed. */
  readonly appSecret: string | readonly string[]
  /** The token that was typed into the app dashboard beside the address of the webhook. */
  readonly verifyToken: string
  readonly pages: readonly Page[]
  /** Of our own app: tells our echoes from those of other tools, and whose a thread is. */
  readonly appId?: string
  /** Tags that may be sent outside the window. Default only `HUMAN_AGENT`, which is for people alone. */
  readonly tags?: readonly string[]
  /** Hosts that files come from. Default those of Meta. */
  readonly mediaHosts?: readonly string[]
  /** Largest file that is fetched. Default 30 MiB. */
  readonly maxMediaBytes?: number
}
