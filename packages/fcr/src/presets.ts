import { DAY, define, type FcrDefinition } from './definition.js'

export interface Preset {
  /** Who counts so, and what the knobs stand for. */
  readonly title: string
  /** Where it was published. */
  readonly source: string
  /** What the definition leaves open, and what we took. */
  readonly note?: string
  readonly definition: FcrDefinition
}

const HOUR = 3_600_000
const ticket = {
  unit: 'contact',
  key: 'ticket',
  evidence: 'status',
  denominator: 'resolved',
  reopen: 'allowed',
} as const satisfies Partial<FcrDefinition>

const preset = (title: string, source: string, overrides: Partial<FcrDefinition>, note?: string): Preset => ({
  title,
  source,
  definition: define(overrides),
  ...(note === undefined ? {} : { note }),
})

/** Published definitions of first-contact resolution. Names stay; a definition that changes gets a new one. */
export const presets = {
  default: preset(
    'Ramal: no further contact of the customer about the same intent within 7 days, on any channel',
    'This project; 7 days as in Cleveland (via wiki.wfmlabs.org) and Call Centre Helper',
    {},
  ),
  sqmSurvey: preset(
    'SQM Group FCR: customers who say in a survey that the first call resolved it',
    'sqmgroup.com, FCR metric operating philosophy',
    { evidence: 'survey', attribution: 'first' },
  ),
  sqmOneContactResolution: preset(
    'SQM Group OCR: resolved at first contact with one channel; a contact on another channel counts against it',
    'sqmgroup.com, call center customer experience research',
    { evidence: 'both', crossChannel: true },
    'Published from surveys; here the behaviour over all channels and a "no" in the survey.',
  ),
  sqmOneAndDone: preset(
    'SQM Group "one and done": calls of customers who needed one call',
    'sqmgroup.com, call center best practices',
    { unit: 'contact', key: 'customer', window: 30 * DAY },
    'The source names no window; 30 days is ours.',
  ),
  metricNetGross: preset(
    'MetricNet gross: contacts resolved initially, of all incoming contacts',
    'customerthink.com, first contact resolution gross vs net',
    {
      unit: 'contact',
      key: 'ticket',
      evidence: 'status',
      escalation: 'breaks',
      callback: 'breaks',
      abandoned: 'full',
    },
  ),
  metricNetNet: preset(
    'MetricNet net: as gross, without contacts that the first level cannot resolve; also Medallia',
    'customerthink.com, first contact resolution gross vs net; docs.medallia.com',
    {
      unit: 'contact',
      key: 'ticket',
      evidence: 'status',
      escalation: 'breaks',
      callback: 'breaks',
      abandoned: 'full',
      denominator: 'net',
    },
    'Name the intents that the first level cannot resolve in `notL1`.',
  ),
  hdiLive: preset(
    'HDI, calls and chats: resolved before the customer leaves; a callback or an escalation does not qualify',
    'thinkhdi.com, 2018, how do you calculate FCR',
    { evidence: 'status', transfer: 'any', escalation: 'breaks', callback: 'breaks' },
  ),
  hdiWritten: preset(
    'HDI, e-mail and web: resolved within one business hour',
    'thinkhdi.com, 2018, how do you calculate FCR',
    { evidence: 'status', escalation: 'breaks', callback: 'breaks', maxDuration: HOUR, clock: 'business' },
    'Give the business hours when judging.',
  ),
  hdiSameDay: preset(
    'Practice of HDI members: opened and resolved within a day, not reopened',
    'thinkhdi.com, member practice',
    { evidence: 'status', maxDuration: DAY },
    'The source says the same day; here 24 hours.',
  ),
  purdue: preset(
    'Purdue service desk: resolved before disconnecting; a warm transfer that resolves still counts',
    'purdue.atlassian.net, service desk metrics',
    { evidence: 'status', transfer: 'warm', callback: 'breaks' },
  ),
  firstLevelResolution: preset(
    'First-level resolution, which is not FCR: resolved without escalation, after any number of contacts',
    'sites.utexas.edu/css',
    { unit: 'contact', key: 'ticket', evidence: 'status', escalation: 'breaks', reopen: 'allowed' },
  ),
  cleveland7Days: preset(
    'ICMI, Cleveland: resolved in the first interaction; 7 to 14 days are typical, here 7',
    'wiki.wfmlabs.org citing Cleveland 2019',
    {},
  ),
  cleveland14Days: preset(
    'ICMI, Cleveland: as above with 14 days',
    'wiki.wfmlabs.org citing Cleveland 2019',
    { window: 14 * DAY },
  ),
  callCentreHelper: preset(
    'Call Centre Helper: no contact about the same issue within 7 days',
    'callcentrehelper.com, article 208926',
    {},
  ),
  zendeskOneTouchOlder: preset(
    'Zendesk one-touch, older text: solved with fewer than two agent replies; none is fine',
    'support.zendesk.com, article 4408820618266 (English)',
    { ...ticket, maxAgentReplies: 1 },
  ),
  zendeskOneTouchCurrent: preset(
    'Zendesk one-touch, current text: solved with exactly one agent reply',
    'support.zendesk.com, article 4408820618266 (German)',
    { ...ticket, maxAgentReplies: 1, minAgentReplies: 1 },
    'Phone contacts have no replies, so every one of them fails.',
  ),
  freshservice: preset(
    'Freshservice FCR %: resolved with no message of the customer after the description',
    'support.freshservice.com, article 50000004904',
    { ...ticket, maxCustomerReplies: 0 },
  ),
  freshdesk: preset(
    'Freshdesk: resolved in the first response; spam is left out, and what no agent had',
    'community.freshworks.com, 2012; support.natero.com',
    { ...ticket, maxAgentReplies: 1, bot: 'ignore' },
  ),
  genesysNextContactAvoidance: preset(
    'Genesys Cloud next contact avoidance: no next contact of the customer in 7 days, any intent, queue or medium',
    'help.mypurecloud.com, next contact avoidance; developer.genesys.cloud, resolutions query',
    { unit: 'contact', key: 'customer', attribution: 'last', allowedLateness: DAY },
    'Accurate after eight days, hence a day of lateness; credited to the last queue and user.',
  ),
  talkdesk: preset(
    'Talkdesk study: numbers that never call again, observed for six months',
    'talkdesk.com, blog',
    { key: 'customer', window: 180 * DAY, chain: 'fixed', crossChannel: false },
    'The number stands for the customer.',
  ),
  capturi: preset(
    'Capturi: calls that lead to no new call within 7 days, configurable',
    'capturi.stonly.com',
    { unit: 'contact', key: 'customer', crossChannel: false },
    'A call less than 15 minutes after the previous one is a forwarded call there; link or merge those on import.',
  ),
  easemob: preset(
    'Easemob: a first call, none in the days before, that no further call follows within a window',
    'docs.easemob.com',
    { key: 'customer', crossChannel: false, chain: 'rolling', anchor: 'start' },
    'It has two windows, before and after; here one is both. It never recomputes the past; we do.',
  ),
  serviceNowFirstAssignment: preset(
    'ServiceNow ITSM: resolved without reassignment to another group',
    'ServiceNowDocs, service quality reference',
    { ...ticket, transfer: 'none' },
  ),
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof presets
