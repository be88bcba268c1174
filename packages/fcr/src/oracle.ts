/**
 * The rules once more, as plainly as they can be written: filter the facts, fold each contact, group, chain, judge.
 * No columns, no increments, nothing shared with the code that is in use. The tests compare the two.
 */
import type { BusinessClock, FcrDefinition } from './definition.js'
import type { ContactFact, CustomerFact, FcrFact } from './fact.js'
import type { Reason, UnitState } from './judge.js'
import type { Unit } from './unit.js'

type Of<K extends FcrFact['kind']> = Extract<FcrFact, { readonly kind: K }>

interface PlainContact {
  readonly id: string
  readonly start: Of<'started'>
  readonly facts: readonly ContactFact[]
  readonly ends: readonly Of<'ended'>[]
  readonly reopenings: readonly number[]
  readonly open: boolean
  readonly intent: string
  readonly spam: boolean
  readonly link: string | undefined
}

const last = <T>(list: readonly T[]): T | undefined => list[list.length - 1]

const foldPlainly = (id: string, all: readonly ContactFact[]): PlainContact | undefined => {
  const start = all.find((f) => f.kind === 'started')
  if (start?.kind !== 'started') return undefined
  const facts = [...all].sort((a, b) => a.at - b.at)
  const ends: Of<'ended'>[] = []
  const reopenings: number[] = []
  let open = true
  let intent = ''
  let link: string | undefined
  let spam = false
  for (const fact of facts) {
    if (fact.kind === 'ended' && open) {
      ends.push(fact)
      open = false
    }
    if (fact.kind === 'reopened' && !open) {
      reopenings.push(fact.at)
      open = true
    }
    if (fact === start && start.intent) intent = start.intent
    if (fact.kind === 'intentSet') intent = fact.intent
    if (fact.kind === 'spamMarked') spam = true
    if (fact.kind === 'spamUnmarked') spam = false
    if (fact.kind === 'linked') link = fact.to
    if (fact.kind === 'unlinked' && link === fact.from) link = undefined
  }
  return { id, start, facts, ends, reopenings, open, intent, spam, link }
}

/** Follows names to the last; in a circle its smallest name. */
const endOf = (name: string, next: (name: string) => string | undefined): string => {
  const path = [name]
  for (;;) {
    const to = next(last(path)!)
    if (to === undefined) return last(path)!
    const circle = path.indexOf(to)
    if (path.length > 1 || circle >= 0) if (circle >= 0) return path.slice(circle).sort()[0]!
    path.push(to)
  }
}

/** Every unit of a history, in no particular order. */
export const judgePlainly = (
  facts: readonly FcrFact[],
  definition: FcrDefinition,
  asOf: number,
  known: number,
  business?: BusinessClock,
): Unit[] => {
  const d = definition
  const visible = facts.filter((f) => f.at <= asOf && (f.recordedAt ?? f.at) <= known)
  const moves = visible
    .filter((f): f is CustomerFact => f.kind === 'customersMerged' || f.kind === 'customersSplit')
    .sort((a, b) => a.at - b.at)
  const byContact = new Map<string, ContactFact[]>()
  // Of two starts the one that arrived first holds, also when it is not visible.
  const started = new Map<string, FcrFact>()
  for (const fact of facts)
    if (fact.kind === 'started' && !started.has(fact.contact)) started.set(fact.contact, fact)
  for (const fact of visible) {
    if (fact.kind === 'customersMerged' || fact.kind === 'customersSplit') continue
    if (fact.kind === 'started' && started.get(fact.contact) !== fact) continue
    byContact.set(fact.contact, [...(byContact.get(fact.contact) ?? []), fact])
  }
  const contacts = new Map<string, PlainContact>()
  for (const [id, own] of byContact) {
    const contact = foldPlainly(id, own)
    if (contact) contacts.set(id, contact)
  }
  const counts = (id: string) => contacts.get(id)?.spam === false

  const customerOf = (name: string) =>
    endOf(name, (customer) => {
      const move = last(moves.filter((m) => (m.kind === 'customersMerged' ? m.merged : m.split) === customer))
      return move?.kind === 'customersMerged' ? move.customer : undefined
    })
  const keyOf = (contact: PlainContact): string => {
    const end = endOf(contact.id, (id) => {
      const { link } = contacts.get(id)!
      return link !== undefined && counts(link) ? link : undefined
    })
    const c = contacts.get(end)!
    const channel = d.crossChannel ? '' : (c.start.channel ?? '')
    if (d.key === 'ticket') return c.start.ticket ? `t ${c.start.ticket} ${channel}` : `alone ${end}`
    if (!c.start.customer) return `alone ${end}`
    const customer = customerOf(c.start.customer)
    return d.key === 'customer' ? `c ${customer} ${channel}` : `i ${customer} ${c.intent} ${channel}`
  }

  const abandoned = (c: PlainContact) => !c.open && last(c.ends)?.outcome === 'abandoned'
  const joins = (c: PlainContact) => c.facts.filter((f): f is Of<'joined'> => f.kind === 'joined')
  const contained = (c: PlainContact) =>
    !c.open &&
    !abandoned(c) &&
    (last(c.ends)?.outcome === 'contained' || (joins(c).length > 0 && joins(c).every((j) => j.by === 'bot')))
  const roleOf = (c: PlainContact): 'ignore' | 'repeatOnly' | 'unit' => {
    const knob =
      c.start.direction === 'outbound'
        ? d.outbound
        : abandoned(c)
          ? d.abandoned
          : contained(c)
            ? d.bot
            : 'full'
    return knob === 'full' || knob === 'include' ? 'unit' : knob
  }

  const elapsed = (from: number, to: number) =>
    d.clock === 'business' ? business!.elapsed(from, to) : to - from
  const within = (gap: number) => (d.bound === 'closed' ? gap <= d.window : gap < d.window)
  const gapAfter = (c: PlainContact, end: number | undefined, next: PlainContact) =>
    d.anchor === 'start'
      ? elapsed(c.start.at, next.start.at)
      : end === undefined || end >= next.start.at
        ? 0
        : elapsed(end, next.start.at)
  const follows = (c: PlainContact, next: PlainContact) =>
    within(gapAfter(c, c.open ? undefined : last(c.ends)!.at, next))
  const windowed = d.evidence === 'behaviour' || d.evidence === 'both'

  const judge = (members: readonly PlainContact[]): Unit => {
    const first = members[0]!
    const firstEnd = first.ends[0]?.at
    const ended = firstEnd !== undefined
    const reasons: (readonly [Reason, number])[] = []
    const say = (reason: Reason, at: number | undefined, when: boolean) => {
      if (when) reasons.push([reason, at ?? first.start.at])
    }
    const firstAt = (list: readonly { readonly at: number }[]) => list[0]?.at
    const second = members[1]
    const transfers = first.facts.flatMap((f) =>
      f.kind === 'transferred'
        ? [{ at: f.at, mode: f.mode, up: f.escalation === true }]
        : f.kind === 'joined' && f.transfer
          ? [{ at: f.at, mode: f.transfer, up: false }]
          : [],
    )
    const breaking = transfers.filter(
      (x) => d.transfer === 'none' || (d.transfer === 'warm' && x.mode === 'cold'),
    )
    const levels = joins(first).map((j) => ({ at: j.at, level: j.level ?? 0 }))
    const up = levels.filter(({ level }, i) => {
      const before = levels.slice(0, i).map((l) => l.level || 15)
      return i > 0 && level > Math.min(15, ...before)
    })
    const escalations = [...up, ...transfers.filter((x) => x.up)].sort((a, b) => a.at - b.at)
    const agentReplies = first.facts.filter((f) => f.kind === 'replied' && f.by === 'agent')
    const firstReply = first.facts.findIndex((f) => f.kind === 'replied' && f.by === 'agent')
    const customerReplies = first.facts.filter(
      (f, i) => f.kind === 'replied' && f.by === 'customer' && firstReply >= 0 && i > firstReply,
    )
    const promises = first.facts.filter((f) => f.kind === 'callbackPromised')
    const survey = last(first.facts.filter((f): f is Of<'surveyed'> => f.kind === 'surveyed'))
    if (windowed && second) say('repeat', second.start.at, within(gapAfter(first, firstEnd, second)))
    if (d.evidence !== 'survey') {
      const reopened = first.reopenings[0]
      if (d.reopen === 'breaks' && reopened !== undefined)
        say(
          'reopened',
          reopened,
          within(elapsed(d.anchor === 'start' ? first.start.at : firstEnd!, reopened)),
        )
      say('transfer', firstAt(breaking), breaking.length > 0)
      say('escalation', firstAt(escalations), d.escalation === 'breaks' && escalations.length > 0)
      say('callback', firstAt(promises), d.callback === 'breaks' && promises.length > 0)
      const few = ended && d.minAgentReplies !== undefined && agentReplies.length < d.minAgentReplies
      const many = d.maxAgentReplies !== undefined && agentReplies.length > d.maxAgentReplies
      say('agentReplies', firstEnd, few || many)
      const talkative = d.maxCustomerReplies !== undefined && customerReplies.length > d.maxCustomerReplies
      say('customerReplies', firstEnd, talkative)
      const slow = d.maxDuration !== undefined && ended && elapsed(first.start.at, firstEnd) > d.maxDuration
      say('slow', firstEnd, slow)
      say('abandoned', firstEnd, abandoned(first))
      const disposition = first.open ? undefined : last(first.ends)!.disposition
      say('disposition', firstEnd, disposition !== undefined && d.unresolved.includes(disposition))
    }
    if (d.evidence === 'survey' || d.evidence === 'both')
      say('surveyNo', survey?.at, survey?.resolved === false)

    const due = !ended
      ? undefined
      : !windowed
        ? last(first.ends)!.at
        : d.clock === 'business'
          ? business!.after(d.anchor === 'start' ? first.start.at : firstEnd, d.window)
          : (d.anchor === 'start' ? first.start.at : firstEnd) + d.window
    const over = due !== undefined && (windowed && d.bound === 'closed' ? asOf > due : asOf >= due)
    const excluded =
      (d.evidence === 'survey' && survey === undefined) ||
      (d.denominator === 'net' && d.notL1.includes(first.intent)) ||
      (d.denominator === 'resolved' && (first.open || last(first.ends)!.outcome !== 'resolved'))
    const state: UnitState = excluded
      ? 'excluded'
      : reasons.length > 0
        ? 'failed'
        : d.evidence === 'survey'
          ? 'success'
          : !ended
            ? 'open'
            : over
              ? 'success'
              : 'pending'
    return {
      unit: first.id,
      contacts: members.map((m) => m.id),
      state,
      reasons: excluded ? [] : reasons.map(([reason]) => reason),
      start: first.start.at,
      due,
      failedAt: excluded || reasons.length === 0 ? undefined : Math.min(...reasons.map(([, at]) => at)),
    }
  }

  const groups = new Map<string, PlainContact[]>()
  for (const contact of contacts.values())
    if (!contact.spam) groups.set(keyOf(contact), [...(groups.get(keyOf(contact)) ?? []), contact])
  const units: Unit[] = []
  for (const group of groups.values()) {
    const ordered = group
      .filter((c) => roleOf(c) !== 'ignore')
      .sort((a, b) => a.start.at - b.start.at || (a.id < b.id ? -1 : 1))
    if (d.unit === 'contact') {
      ordered.forEach((c, i) => {
        const next = ordered[i + 1]
        if (roleOf(c) === 'unit') units.push(judge(next && follows(c, next) ? [c, next] : [c]))
      })
      continue
    }
    let members: PlainContact[] = []
    for (const c of ordered) {
      const anchor = d.chain === 'fixed' ? members[0] : last(members)
      if (anchor && follows(anchor, c)) members.push(c)
      else {
        if (members.length > 0) units.push(judge(members))
        members = roleOf(c) === 'unit' ? [c] : []
      }
    }
    if (members.length > 0) units.push(judge(members))
  }
  return units
}
