import type { ChannelEvent, Endpoint, Ingested } from '@ramal/channel'
import type { Content } from '@ramal/conversation'
import {
  type Deep,
  dictionary,
  type EventOf,
  eventFamily,
  eventType,
  type Fact,
  type Instant,
  type NewEvent,
  nonEmpty,
  oneOf,
  type Reducer,
  record,
  type StreamName,
  shortIdOf,
  stamp,
  streamName,
} from '@ramal/core'
import { jsonSnapshot, type Projection } from '@ramal/projection'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { contextOf, type EngineContext } from './context.js'
import { keyOf } from './place.js'

/** The stream `template-ID`: what a provider reports of one template in one language. */
export const templateEvents = eventFamily(
  'template',
  eventType(
    'TemplateChanged',
    record(
      { channel: nonEmpty, template: nonEmpty, change: oneOf('status', 'category', 'quality'), to: t.string },
      {
        account: t.string,
        language: t.string,
        from: t.string,
        reason: t.string,
        /** Of a status: whether messages of it go. */
        usable: t.boolean,
      },
    ),
  ),
)

export type TemplateEvent = EventOf<typeof templateEvents>

/** The value that the provider reported last, by its own clock. */
interface Reported {
  readonly value: string
  readonly at: Instant
  readonly reason?: string | undefined
}

/** A template as the provider sees it. What was never reported is not known: the provider is then asked by sending. */
export interface Template {
  channel: string
  /** The account at the provider, where endpoints name theirs. */
  account: string | undefined
  name: string
  language: string | undefined
  /** In the provider's words. */
  status: Reported | undefined
  /** Nothing as long as no status was reported, or one that is not known. */
  usable: boolean | undefined
  category: Reported | undefined
  quality: Reported | undefined
}

/** Reports come late and in any order: of each kind the latest holds, by the provider's clock. */
export const templateReducer: Reducer<TemplateEvent, Template> = {
  events: templateEvents,
  initial: () => ({
    ...{ channel: '', account: undefined, name: '', language: undefined },
    ...{ status: undefined, usable: undefined, category: undefined, quality: undefined },
  }),
  apply(draft, { data, meta: { at } }) {
    const { channel, account, template, language, change, to, reason, usable } = data
    draft.channel = channel
    draft.account = account
    draft.name = template
    draft.language = language
    const before = draft[change]
    if (before && before.at > at) return
    draft[change] = { value: to, at, reason }
    if (change === 'status') draft.usable = usable
  },
}

/** Templates of one name are different ones in different languages and accounts. */
export const templateStream = (
  channel: string,
  account: string | undefined,
  name: string,
  language: string | undefined,
): StreamName =>
  streamName('template', shortIdOf(JSON.stringify([channel, account ?? '', name, language ?? ''])))

/** Where the template of a message stands, if it is one. */
export const templateStreamOf = (
  channel: string,
  endpoint: Pick<Endpoint, 'account'> | undefined,
  content: Deep<Content>,
): StreamName | undefined =>
  content.kind === 'template'
    ? templateStream(channel, endpoint?.account, content.name, content.language)
    : undefined

/** Why a template cannot be sent; nothing for one that can, or of which nothing was reported. */
export const templateFault = ({ name, language, usable, status }: Template): string | undefined => {
  if (usable !== false || !status) return undefined
  const which = `"${name}"${language === undefined ? '' : ` (${language})`}`
  const why = status.reason === undefined || status.reason === 'NONE' ? '' : `: ${status.reason}`
  return `The template ${which} is ${status.value} at the provider since ${new Date(status.at).toISOString()}${why}; send another.`
}

/** Writes what a provider reports of a template, once. */
export const noteTemplate = async (
  engine: EngineContext,
  channel: string,
  event: Extract<ChannelEvent, { kind: 'templateChanged' }>,
): Promise<Ingested> => {
  const { template, account, language, change, to, from, reason, usable } = event
  const stream = templateStream(channel, account, template, language)
  const fact: TemplateEvent = {
    type: 'TemplateChanged',
    data: { channel, account, template, language, change, to, from, reason, usable },
  }
  const key = keyOf(channel, event)
  const context = contextOf(engine, { commandId: key, at: event.at, once: key })
  const events: readonly NewEvent[] = stamp(templateEvents, stream, [fact], context)
  const appended = await engine.store.append([{ stream, expected: 'any', events }])
  return { event, duplicate: E.isLeft(appended) || appended.right.repeated }
}

/** All templates that anything was reported of, by stream. JSON. */
export const templatesProjection = (): Projection<Record<string, Template>> => ({
  name: 'templates',
  version: 1,
  categories: ['template'],
  types: ['TemplateChanged'],
  initial: dictionary,
  apply(state, recorded) {
    const event = templateEvents.upcast(recorded)
    if (!event) return
    state[recorded.stream] ??= templateReducer.initial()
    templateReducer.apply(state[recorded.stream]!, event as Fact<TemplateEvent>)
  },
  snapshot: jsonSnapshot(),
})

/** By name, language, channel and account. */
export const templatesOf = (state: Readonly<Record<string, Template>>): readonly Template[] => {
  const order = ({ name, language = '', channel, account = '' }: Template) =>
    JSON.stringify([name, language, channel, account])
  return Object.values(state)
    .map((template) => ({ ...template }))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
}
