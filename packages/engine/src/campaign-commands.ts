import { load, streamName } from '@ramal/core'
import { type CampaignCommand, campaignDecider } from '@ramal/outreach'
import { type Addressee, recipientsOf } from './campaign-recipients.js'
import { type CommandOptions, contextOf, type EngineContext } from './context.js'
import type { CampaignResult } from './ramal.js'

export const runCampaign = (
  engine: EngineContext,
  id: string,
  command: CampaignCommand,
  options?: CommandOptions,
): Promise<CampaignResult> =>
  engine.run(campaignDecider, streamName('campaign', id), command, contextOf(engine, options))

export const addRecipients = async (
  engine: EngineContext,
  id: string,
  addressees: readonly Addressee[],
  options?: CommandOptions,
): Promise<CampaignResult> => {
  const { state } = await load(engine.store, campaignDecider, streamName('campaign', id))
  const { definition } = state
  const recipients = definition
    ? await recipientsOf(engine, definition.channel, definition.endpoint, addressees)
    : []
  return runCampaign(engine, id, { type: 'add', recipients }, options)
}
