import { isAble } from '../eligibility.js'
import { line } from './line.js'
import type { Member, TicketClass } from './shape.js'

export const ticketClass = (
  facts: Pick<TicketClass, 'key' | 'sample' | 'asked' | 'waitsFor' | 'cost' | 'interruptible' | 'homes'>,
): TicketClass => ({
  ...facts,
  line: line(),
  able: new Set(),
  blocked: false,
  hot: [],
  pass: -1,
  fresh: false,
  active: false,
  dropped: false,
  mark: 0,
})

/** Whether an agent could be offered tickets of the class, were they there and had room. */
export const couldServe = ({ sample, asked }: TicketClass, { agent }: Member): boolean =>
  agent.registered && isAble(sample, agent, asked)

/** They could be offered tickets of the class from now on. */
export const join = (of: TicketClass, member: Member): void => {
  member.classes.push(of)
  of.able.add(member)
}
