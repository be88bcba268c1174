import { type Failure, notLeader, unavailable } from './failure.js'

export type CallKind = 'append' | 'read' | 'subscribe' | 'delete'

/** What can be made to go wrong, from outside and while the server runs. */
export interface Faults {
  /** The next `times` calls of a kind are refused: this node is not the leader, that one is. */
  notLeader(leader: { readonly host: string; readonly port: number }, times?: number, kind?: CallKind): void
  /** The next `times` calls of a kind find the server unavailable. */
  unavailable(times?: number, kind?: CallKind): void
  /** The next `times` appends are committed, and the connection breaks before the answer. */
  loseAck(times?: number): void
  /** The next `times` calls of a kind are never answered. Append: not carried out either. */
  stall(times?: number, kind?: CallKind): void
  /** Ends every subscription that runs, with an error. */
  dropSubscriptions(): void
  /** Each subscription breaks after it has sent so many more events; `undefined` ends that. */
  dropAfter(events: number | undefined): void
  /** Subscriptions send nothing any more and do not say so, until `speak`. Those opened later do speak. */
  mute(): void
  speak(): void
}

/** How the services ask what is to go wrong. */
export interface FaultDesk extends Faults {
  /** Rejects with a failure, never settles, or resolves: the call may go on. */
  admit(kind: CallKind): Promise<void>
  /** To be thrown after a commit, instead of the answer. */
  lostAck(): Failure | undefined
  /** A subscription that begins. */
  attend(drop: (failure: Failure) => void): Attendance
  /** How many events all subscriptions have sent. */
  sent(): number
}

export interface Attendance {
  /** Before an event is sent. */
  beforeEvent(): void
  muted(): boolean
  leave(): void
}

interface Planned {
  readonly kind: CallKind
  readonly failure: Failure | 'stall'
}

export const faultDesk = (): FaultDesk => {
  const planned: Planned[] = []
  const attending = new Set<{ drop(failure: Failure): void; muted: boolean }>()
  let lost = 0
  let total = 0
  let patience: number | undefined
  const plan = (kind: CallKind, failure: Failure | 'stall', times: number) => {
    for (let i = 0; i < times; i++) planned.push({ kind, failure })
  }
  const broken = () => unavailable('The connection was dropped on demand.')
  return {
    notLeader: ({ host, port }, times = 1, kind = 'append') => plan(kind, notLeader(host, port), times),
    unavailable: (times = 1, kind = 'append') => plan(kind, unavailable('Unavailable on demand.'), times),
    stall: (times = 1, kind = 'append') => plan(kind, 'stall', times),
    loseAck(times = 1) {
      lost += times
    },
    dropSubscriptions() {
      for (const one of [...attending]) one.drop(broken())
    },
    dropAfter(events) {
      patience = events
    },
    mute() {
      for (const one of attending) one.muted = true
    },
    speak() {
      for (const one of attending) one.muted = false
    },
    async admit(kind) {
      const index = planned.findIndex((p) => p.kind === kind)
      if (index < 0) return
      const [{ failure }] = planned.splice(index, 1) as [Planned]
      if (failure === 'stall') return new Promise(() => {})
      throw failure
    },
    sent: () => total,
    lostAck() {
      if (lost === 0) return undefined
      lost -= 1
      return unavailable('The answer was lost on demand; what it answers was committed.')
    },
    attend(drop) {
      const one = { drop, muted: false }
      let sent = 0
      attending.add(one)
      return {
        beforeEvent() {
          if (patience !== undefined && sent >= patience) throw broken()
          sent += 1
          total += 1
        },
        muted: () => one.muted,
        leave: () => attending.delete(one),
      }
    },
  }
}
