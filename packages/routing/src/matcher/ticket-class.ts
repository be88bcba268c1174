import { isAble } from '../eligibility.js'
import { line } from './line.js'
import { type Member, nextRound, type TicketClass } from './shape.js'

/** So many who could once are carried along. */
const SLACK = 32

export const ticketClass = (
  facts: Pick<TicketClass, 'key' | 'sample' | 'asked' | 'waitsFor' | 'homes'>,
): TicketClass => ({
  ...facts,
  line: line(),
  able: [],
  mostAble: 2 * SLACK,
  blocked: false,
  hot: [],
  pass: -1,
  fresh: false,
  dropped: false,
  mark: 0,
})

/** Whether an agent could be offered tickets of the class, were they there and had room. */
export const couldServe = ({ sample, asked }: TicketClass, { agent }: Member): boolean =>
  agent.registered && isAble(sample, agent, asked)

/** They could be offered tickets of the class from now on. */
export const join = (of: TicketClass, member: Member): void => {
  const { able } = of
  member.classes.push(of)
  if (able.push(member) < of.mostAble) return
  const round = nextRound()
  let kept = 0
  for (const one of able) {
    if (one.mark === round || !couldServe(of, one)) continue
    one.mark = round
    able[kept++] = one
  }
  able.length = kept
  of.mostAble = 2 * (kept + SLACK)
}
