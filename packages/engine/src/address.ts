import type { Identifier, IdentifierKind } from '@ramal/customer'

/** The kinds of identifier that a channel takes as an address, the best first. Channels of others take any. */
const KINDS: Readonly<Record<string, readonly IdentifierKind[]>> = {
  whatsapp: ['wa_id', 'bsuid', 'parent_bsuid', 'e164'],
  sms: ['e164'],
  phone: ['e164'],
  messenger: ['psid'],
  instagram: ['igsid'],
  webchat: ['webchat_visitor', 'external_id'],
  telegram: ['telegram_id'],
  email: ['email'],
}

/** They are known to one of our endpoints and to no other. */
const SCOPED: ReadonlySet<IdentifierKind> = new Set(['psid', 'igsid', 'webchat_visitor', 'telegram_id'])

/** Where to reach a person at an endpoint: where they were met before, otherwise by the best of what is known. */
export const addressOf = (
  channel: string,
  endpoint: string,
  identifiers: readonly Identifier[],
  isMet: (identifier: Identifier) => boolean,
): Identifier | undefined => {
  const kinds = KINDS[channel]
  const rank = ({ kind }: Identifier): number => kinds?.indexOf(kind) ?? 0
  const fits = identifiers
    .filter((one) => rank(one) >= 0)
    .filter(({ kind, scope }) => !SCOPED.has(kind) || scope === undefined || scope === endpoint)
  const best = (ones: readonly Identifier[]) => [...ones].sort((a, b) => rank(a) - rank(b))[0]
  return best(fits.filter(isMet)) ?? best(fits)
}
