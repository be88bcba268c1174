import type { VirtualClock } from '@ramal/core'
import { isLeft } from 'fp-ts/lib/Either.js'
import { isSome } from 'fp-ts/lib/Option.js'
import type { Ramal } from 'ramal'
import { firstValueFrom } from 'rxjs'
import type { Customers, Memory } from './customers.js'
import { AGENTS, PHONES, type Step } from './day.js'
import type { Provider } from './provider.js'

export interface Stage {
  readonly ramal: Ramal
  readonly clock: VirtualClock
  readonly customers: Customers
  readonly provider: Provider
  readonly memory: Memory
  /** A run before this one has played a part already. */
  readonly resumed: boolean
  /** The id of the customer of that name, from the log. */
  readonly customerOf: (name: string) => Promise<string | undefined>
  readonly say: (line: string) => void
}

const millis = (at: string): number => {
  const [minutes = 0, seconds = 0] = at.split(':').map(Number)
  return (minutes * 60 + seconds) * 1000
}

const offersOf = (ramal: Ramal, agent: string) => firstValueFrom(ramal.offers(agent))

/** The conversation that a customer has now, as the log has it. Customers are told apart by their names here. */
const find = async ({ ramal }: Stage, who: string): Promise<string | undefined> => {
  for (const { id, customer } of ramal.router.state.tickets.values()) {
    const known = await ramal.findCustomer(customer)
    if (isSome(known) && known.value.name === who) return id
  }
  return undefined
}

/** Who is not found has been served before a restart; in a first run it is a fault. */
const mustFind = async (stage: Stage, who: string): Promise<string | undefined> => {
  const found = await find(stage, who)
  if (found === undefined && !stage.resumed) throw new Error(`${who} has no conversation.`)
  return found
}

const say = ({ say }: Stage, who: string, what: string) => say(`${who.padEnd(8)} ${what}`)

const act = async (stage: Stage, step: Step): Promise<void> => {
  const { ramal, clock, customers } = stage
  const now = clock.now()
  switch (step.does) {
    case 'write': {
      const { late = 0 } = step
      const status = await customers.write(step.who, PHONES[step.who]!, step.id, step.text, now - 1000 * late)
      return say(
        stage,
        step.who,
        `writes on WhatsApp: “${step.text}” (${status}${late ? `, ${late} s late` : ''})`,
      )
    }
    case 'repeat': {
      const status = await customers.write(step.who, PHONES[step.who]!, step.id, '(delivered again)', now)
      return say(
        stage,
        step.who,
        `the provider delivers ${step.id} once more (${status}); the log has it once`,
      )
    }
    case 'forge': {
      const status = await customers.forge('15550199', step.id, step.text, now)
      return say(stage, 'somebody', `forges a webhook (${status}): no event, a counted refusal`)
    }
    case 'chat': {
      const status = await customers.chat(step.who, step.id, step.text)
      return say(stage, step.who, `writes in the chat: “${step.text}” (${status})`)
    }
    case 'accept':
    case 'decline': {
      const [offer] = await offersOf(ramal, step.agent)
      if (!offer) return
      const result =
        step.does === 'accept'
          ? await ramal.accept(offer.conversation, offer.offer, step.agent)
          : await ramal.decline(offer.conversation, offer.offer, step.agent, 'in a meeting')
      const refused = isLeft(result) ? ', which is refused' : ''
      return say(stage, step.agent, `${step.does}s offer ${offer.offer} of queue ${offer.queue}${refused}`)
    }
    case 'ignore': {
      const [offer] = await offersOf(ramal, step.agent)
      return offer && say(stage, step.agent, `lets offer ${offer.offer} lapse`)
    }
    case 'return':
      await ramal.agent(
        step.agent,
        { type: 'becomeAvailable' },
        { commandId: `return/${step.agent}/${step.at}` },
      )
      return say(stage, step.agent, 'is back')
    case 'answer': {
      const conversation = await mustFind(stage, step.to)
      if (conversation === undefined) return
      const id = `${step.agent}/${step.to}/${step.text}`
      const result = await ramal.reply({ conversation, agent: step.agent, content: step.text, id })
      if (isLeft(result) && stage.resumed) return
      if (isLeft(result))
        throw new Error(`${step.agent} could not answer ${step.to}: ${JSON.stringify(result.left)}`)
      return say(stage, step.agent, `answers ${step.to}: “${step.text}”`)
    }
    case 'resolve': {
      const conversation = await mustFind(stage, step.of)
      if (conversation === undefined) return
      const by = { kind: 'human', id: step.agent } as const
      await ramal.conversation(conversation, { type: 'correctIntent', intent: step.intent, by })
      const result = await ramal.resolve(conversation, step.agent, step.disposition)
      if (isLeft(result) && stage.resumed) return
      if (isLeft(result)) throw new Error(`${step.agent} could not resolve: ${JSON.stringify(result.left)}`)
      return say(stage, step.agent, `resolves ${step.of}'s ${step.intent}`)
    }
    case 'same person': {
      const [one, other] = [await stage.customerOf(step.who), await stage.customerOf(step.as)]
      if (one === undefined || other === undefined || one === other) return
      const merged = await ramal.merge(one, other, { kind: 'agent' })
      if (isLeft(merged)) throw new Error(`They are not one: ${JSON.stringify(merged.left)}`)
      return say(
        stage,
        'the shop',
        `knows that “${step.as}” of the site is ${step.who}: two customers become one`,
      )
    }
  }
}

/** What the provider has to report goes to the webhook as everything else does. */
const deliverReports = async ({ provider, customers, clock, ramal }: Stage): Promise<void> => {
  for (const report of provider.reports(clock.now())) await customers.report(report)
  await ramal.settled()
}

export const signEverybodyIn = async ({ ramal, say }: Stage): Promise<void> => {
  for (const [name, { queues, total }] of Object.entries(AGENTS))
    await ramal.signIn(name, { kind: 'human', skills: {}, capacity: { total }, queues, name })
  await ramal.settled()
  say(`${Object.keys(AGENTS).join(', ')} sign in`)
}

/** Plays steps in order of their times; what a run before has done already is not done twice. */
export const play = async (stage: Stage, opening: number, steps: readonly Step[]): Promise<void> => {
  const { clock, ramal } = stage
  const start = clock.now()
  for (const step of steps) {
    const at = opening + millis(step.at)
    // Nobody declines again what they declined before the restart.
    if (stage.resumed && at <= start && (step.does === 'decline' || step.does === 'ignore')) continue
    await clock.advanceTo(Math.max(clock.now(), at), () => ramal.settled())
    await act(stage, step)
    await ramal.settled()
    await deliverReports(stage)
  }
}

/** Nobody goes home while a ticket is open: after a restart some may be where the script has no step for them. */
export const closeTheDay = async (stage: Stage): Promise<void> => {
  const { ramal, clock } = stage
  for (let round = 0; round < 20; round++) {
    const open = [...ramal.router.state.tickets.values()].filter(({ resolvedAt }) => resolvedAt === undefined)
    if (open.length === 0) return
    for (const agent of Object.keys(AGENTS)) {
      await ramal.agent(agent, { type: 'becomeAvailable' })
      for (const offer of await offersOf(ramal, agent))
        await ramal.accept(offer.conversation, offer.offer, agent)
      await ramal.settled()
      for (const { conversation } of (await firstValueFrom(ramal.inbox(agent))).tickets) {
        await ramal.resolve(conversation, agent, 'solved')
        say(stage, agent, 'resolves what was left open')
      }
    }
    await clock.advanceTo(clock.now() + 20_000, () => ramal.settled())
    await deliverReports(stage)
  }
}
