import type { Instant } from '@ramal/core'
import { popHeap } from '../heap.js'
import type { Policy } from '../policy/index.js'
import { forgetChanges } from '../state.js'
import { refresh } from './entries.js'
import { enter, headOf } from './line.js'
import { look } from './look.js'
import type { Matcher } from './matcher.js'
import { isAsKnown, noteMoved, notice } from './notice.js'
import { activate } from './pool.js'
import { dropClass, forgetGone, memberOf, roster, stands } from './roster.js'

const startAnew = (m: Matcher): void => {
  const { state, changes } = m
  m.roster = roster()
  for (const map of [m.classes, m.usual, m.waitingFor, m.closed]) map.clear()
  m.entries.length = 0
  m.wakes.items.length = 0
  m.looked = []
  m.taken = []
  m.told = []
  m.moved = []
  for (const id of state.waiting) changes.tickets.add(state.tickets.get(id)!)
  for (const agent of state.agents.values()) changes.agents.add(agent)
}

const sweep = (m: Matcher): void => {
  if (m.classes.size <= m.mostClasses) return
  let gone = false
  for (const [key, of] of m.classes) {
    if (headOf(of)) continue
    m.classes.delete(key)
    gone = dropClass(m.roster, of) || gone
  }
  if (gone) forgetGone(m.roster)
  m.usual.clear()
  m.mostClasses = 2 * m.classes.size + 1024
}

/**
 * Takes in the agents who have changed, and says whether that can stand: it cannot where somebody has caps now and
 * nobody had, as tickets are told apart otherwise.
 */
const takeIn = (m: Matcher): boolean => {
  const { changes, roster, waitingFor } = m
  for (const agent of changes.agents) {
    const known = roster.members[agent.at]
    // Work has come to them, or gone: all else is as it was.
    if (known?.version === agent.version) {
      noteMoved(m, known)
      continue
    }
    if (waitingFor.size > 0 && !stands(known, agent))
      for (const ticket of waitingFor.get(agent.id) ?? []) changes.tickets.add(ticket)
    if (!m.byChannel && agent.capacity.caps) return false
    noteMoved(m, memberOf(roster, agent))
  }
  return true
}

/** Takes in what has changed since the last pass. */
export const sync = (m: Matcher, policy: Policy, now: Instant): void => {
  const { state, changes } = m
  if (m.policy !== policy || m.estimates !== state.estimates || now < m.now) startAnew(m)
  if (!takeIn(m)) {
    m.byChannel = true
    startAnew(m)
    takeIn(m)
  }
  const left = m.looked
  m.policy = policy
  m.estimates = state.estimates
  m.now = now
  m.pass++
  m.looked = []
  for (const member of m.told) member.open = false
  m.told = []
  m.open = 0
  m.over = 0
  for (const of of left) look(m, of, of.fresh)
  for (const [calendar, classes] of m.closed)
    if (policy.isOpen(calendar, now)) {
      for (const of of classes) look(m, of, true)
      m.closed.delete(calendar)
    }
  for (let wake = m.wakes.items[0]; wake && wake.at <= now; wake = m.wakes.items[0]) {
    popHeap(m.wakes)
    const { ticket } = wake.entry
    if (m.entries[ticket.at] === wake.entry) changes.tickets.add(ticket)
  }
  for (const ticket of changes.tickets) refresh(m, policy, ticket)
  for (const entry of m.taken)
    if (entry.place === 'taken') {
      enter(entry)
      activate(entry.of)
      look(m, entry.of, true)
    }
  m.taken = []
  const { moved } = m
  m.moved = []
  for (const member of moved) {
    member.moved = false
    if (isAsKnown(m, member)) member.load = member.agent
    else notice(m, member)
  }
  forgetChanges(changes)
  sweep(m)
}
