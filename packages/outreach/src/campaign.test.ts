import { decider, suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import {
  BATCH,
  type CampaignDefinition,
  type CampaignEvent,
  campaignDecider,
  contentFor,
  turnOf,
} from './index.js'

const test = suite('a campaign')
const { given, when } = decider(campaignDecider)

const definition: CampaignDefinition = {
  channel: 'sms',
  endpoint: '12345',
  purpose: 'marketing',
  content: { kind: 'text', text: 'Hello {{1}}' },
  pace: { messages: 10, per: 60_000 },
}
const drafted: CampaignEvent = { type: 'CampaignDrafted', data: definition }
const added: CampaignEvent = { type: 'RecipientsAdded', data: { recipients: [{ customer: 'a' }] } }
const started: CampaignEvent = { type: 'CampaignStarted', data: {} }
const paused: CampaignEvent = { type: 'CampaignPaused', data: {} }

test('a draft takes recipients, each customer once, in batches', () => {
  when({ type: 'draft', definition }).thenEvents([drafted])
  const recipients = Array.from({ length: BATCH + 2 }, (_, n) => ({ customer: `c${n % (BATCH + 1)}` }))
  const state = given([drafted]).when({ type: 'add', recipients }).state()
  assert.is(state.recipients.length, BATCH + 1)
  given([drafted, added])
    .when({ type: 'add', recipients: [{ customer: 'a' }, { customer: 'b' }] })
    .thenEvents([{ type: 'RecipientsAdded', data: { recipients: [{ customer: 'b' }] } }])
  given([drafted, added, started])
    .when({ type: 'add', recipients: [{ customer: 'b' }] })
    .thenRefusal({ reason: 'notADraft' })
})

test('its life: started, paused, resumed, over', () => {
  when({ type: 'start' }).thenRefusal({ reason: 'unknownCampaign' })
  given([drafted]).when({ type: 'start' }).thenRefusal({ reason: 'noRecipients' })
  given([drafted]).when({ type: 'draft', definition }).thenRefusal({ reason: 'notADraft' })
  given([drafted, added]).when({ type: 'start' }).thenEvents([started])
  given([drafted, added]).when({ type: 'pause' }).thenRefusal({ reason: 'notRunning' })
  given([drafted, added, started]).when({ type: 'pause' }).thenEvents([paused])
  given([drafted, added, started, paused])
    .when({ type: 'resume' })
    .thenEvents([{ type: 'CampaignResumed', data: {} }])
  given([drafted, added, started, { type: 'CampaignCompleted', data: {} }])
    .when({ type: 'resume' })
    .thenRefusal({ reason: 'over' })
  given([drafted])
    .when({ type: 'cancel' })
    .thenEvents([{ type: 'CampaignCancelled', data: {} }])
})

test('each is told what is theirs', () => {
  const text = (parameters?: readonly string[]) => {
    const content = contentFor(
      definition.content,
      parameters ? { customer: 'a', parameters } : { customer: 'a' },
    )
    return content.kind === 'text' ? content.text : ''
  }
  assert.is(text(['Ana']), 'Hello Ana')
  assert.is(text(['$& {{1}}']), 'Hello $& {{1}}', 'what a customer is called is never read as a pattern')
  assert.is(text([]), 'Hello {{1}}')
  assert.is(text(), 'Hello {{1}}')
  const template = { kind: 'template', name: 't', language: 'pt', parameters: [] } as const
  const told = contentFor(template, { customer: 'a', parameters: ['Ana'] })
  assert.equal(told.kind === 'template' && told.parameters, ['Ana'])
})

test('turns keep the pace: never more than so many in so long', () => {
  for (const [messages, per] of [
    [10, 60_000],
    [5, 1000],
    [80, 1000],
    [1, 3_600_000],
    [1000, 60_000],
    [3, 7],
  ] as const) {
    const { most, every } = turnOf({ messages, per })
    // Turns begin `every` ms apart, so in any period of `per` there are at most so many of them.
    const turns = Math.ceil(per / every)
    assert.ok(most * turns <= Math.max(messages, most), `${messages} in ${per}: ${most} every ${every}`)
    assert.ok(most >= 1 && every >= 1)
  }
})

test.run()
