import { type ConversationEvent, conversationEvents, locationOf } from '@ramal/conversation'
import { type EventStore, idOf, type Position, type Recorded, START } from '@ramal/core'
import { type CampaignEvent, campaignEvents } from '@ramal/outreach'

/** Whether the bytes of files still belong to somebody: a store keeps the same bytes once, whoever sent them. */
export interface FileUses {
  /** Reads what was written since. */
  readOn(): Promise<void>
  /** By one of the names that a file has: where it is kept, or its hash. */
  isUsed(names: readonly (string | undefined)[]): boolean
}

const TYPES = [
  'AttachmentStored',
  'AttachmentErasureRequested',
  'SendRequested',
  'CampaignDrafted',
  'CampaignCompleted',
  'CampaignCancelled',
]

type Content = Extract<ConversationEvent, { type: 'SendRequested' }>['data']['content']

/** The names of a file of ours that goes out. */
const namesOf = (content: Content | undefined): readonly (string | undefined)[] => {
  const location = content?.kind === 'media' ? locationOf(content.reference) : undefined
  return content?.kind === 'media' && location !== undefined ? [location, content.sha256] : []
}

/** Who has one of the files with these names: conversations where it was not erased, campaigns that go on. */
export const fileUses = (store: EventStore, wanted: ReadonlySet<string>): FileUses => {
  const users = new Map<string, readonly string[]>()
  let position: Position = START

  const use = (user: string, names: readonly (string | undefined)[]): void => {
    const known = names.filter((name) => name !== undefined && wanted.has(name)) as string[]
    if (known.length > 0) users.set(user, known)
  }

  const foldConversation = (conversation: string, { type, data }: ConversationEvent): void => {
    switch (type) {
      case 'AttachmentStored':
        return use(`${conversation}/${data.attachment}`, [data.location, data.sha256])
      case 'AttachmentErasureRequested':
        users.delete(`${conversation}/${data.attachment}`)
        return
      case 'SendRequested':
        if (data.content.kind === 'media')
          use(`${conversation}/${data.content.attachment}`, namesOf(data.content))
        return
    }
  }

  const foldCampaign = (campaign: string, { type, data }: CampaignEvent): void => {
    if (type === 'CampaignDrafted') use(`campaign ${campaign}`, namesOf(data.content))
    else users.delete(`campaign ${campaign}`)
  }

  const fold = (recorded: Recorded): void => {
    const said = conversationEvents.upcast(recorded)
    if (said) foldConversation(idOf(recorded.stream), said as ConversationEvent)
    const planned = campaignEvents.upcast(recorded)
    if (planned) foldCampaign(idOf(recorded.stream), planned as CampaignEvent)
  }

  return {
    async readOn() {
      const options = { after: position, types: TYPES, categories: ['conversation', 'campaign'] }
      for await (const page of store.readAll(options)) {
        for (const event of page.events) fold(event)
        position = page.position
      }
    },
    isUsed(names) {
      const asked = new Set(names)
      return [...users.values()].some((theirs) => theirs.some((name) => asked.has(name)))
    },
  }
}
