import type { CampaignDefinition } from '@ramal/outreach'
import { isRight } from 'fp-ts/lib/Either.js'
import { firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import type { CampaignProgress, Ramal } from '../src/index.js'
import { person, type Shop } from './shop.js'

export const SPRING: CampaignDefinition = {
  channel: 'whatsapp',
  endpoint: 'shop',
  purpose: 'order',
  content: { kind: 'text', text: 'Hello {{1}}, the spring catalogue is here.' },
  pace: { messages: 5, per: 1000 },
  intent: 'order',
  labels: ['spring'],
}

export const people = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ identifier: person(n), parameters: [`number ${n}`] }))

export const launch = async (
  ramal: Ramal,
  id: string,
  count: number,
  more: Partial<CampaignDefinition> = {},
) => {
  assert.ok(isRight(await ramal.campaign(id, { type: 'draft', definition: { ...SPRING, ...more } })))
  assert.ok(isRight(await ramal.addRecipients(id, people(count))))
  assert.ok(isRight(await ramal.campaign(id, { type: 'start' })))
  await ramal.settled()
}

export const progress = async ({ ramal }: Shop, id = 'spring'): Promise<CampaignProgress> => {
  await ramal.settled()
  const known = await firstValueFrom(ramal.campaignProgress(id))
  assert.ok(known)
  return known!
}

export const told = (shop: Pick<Shop, 'sent'>): readonly string[] => shop.sent.map(({ to }) => to.value)
