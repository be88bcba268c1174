import { meets } from '../append.js'
import type { NewEvent, Recorded } from '../event.js'
import { memoryStore } from '../memory-store.js'
import { laterOf, type Position } from '../position.js'
import type { Appended, Conflict, EventStore, Guard, Write } from '../store.js'
import type { StreamName } from '../stream-name.js'
import { ensure, ensureRight, ensureSame } from './expect.js'
import { type Fixture, gather, idsOf } from './fixture.js'

/** One append as it was given, so that it can be given again. */
export interface Request {
  readonly writes: readonly Write[]
  readonly guards: readonly Guard[]
}

/** The oracle, and what the store under test has been seen to hold. */
export interface World {
  readonly f: Fixture
  readonly oracle: EventStore
  /** Last version by stream, -1 for none, by the oracle. */
  readonly versions: Map<StreamName, number>
  /** What this round wrote, in the order of the log under test. */
  readonly log: Recorded[]
  readonly accepted: Request[]
}

export const worldOf = (f: Fixture): World => ({
  f,
  oracle: memoryStore(),
  versions: new Map(),
  log: [],
  accepted: [],
})

const bare = ({ stream, version, type, data, meta }: Recorded) => ({ stream, version, type, data, meta })

const byStream = (events: readonly Recorded[]) =>
  events
    .map(bare)
    .sort((a, b) => (a.stream === b.stream ? a.version - b.version : a.stream < b.stream ? -1 : 1))

/** A store may name any of the conflicts that there are, and only one that there is. */
const ensureTrue = (world: World, { writes, guards }: Request, conflict: Conflict): void => {
  if (conflict._tag === 'WrongVersion') {
    const { stream, expected, actual } = conflict
    const asked = [...writes, ...guards].find((w) => w.stream === stream)
    ensureSame(expected, asked?.expected, `The expectation in a conflict about ${stream}`)
    const version = world.versions.get(stream) ?? -1
    ensureSame(actual, version < 0 ? 'none' : version, `The actual version in a conflict about ${stream}`)
    ensure(!meets(expected, version), `A conflict about ${stream}, which is as expected.`)
  } else {
    const asked = writes.some((w) => w.events.some((e) => e.meta.id === conflict.id))
    const there = world.log.some((e) => e.meta.id === conflict.id)
    ensure(
      asked && there,
      `A Duplicate names ${conflict.id}, which is not both in the append and in the log.`,
    )
  }
}

const ensureAnswer = (world: World, request: Request, answer: Appended, oracle: Appended): void => {
  ensureSame(answer.repeated, oracle.repeated, 'Whether the append was a repeated one')
  ensureSame(answer.versions, oracle.versions, 'The versions of the answer')
  const ids = new Set(request.writes.flatMap((w) => idsOf(w.events)))
  const mine = world.log.filter((e) => ids.has(e.meta.id) && answer.versions.has(e.stream))
  const last = mine.reduce<Position>((p, e) => laterOf(p, e.position), world.f.start)
  if (ids.size > 0) ensureSame(answer.position, last, 'The position of the answer')
  else
    ensure(answer.position >= (world.log.at(-1)?.position ?? world.f.start), 'The answer is before the end.')
}

/** Gives the append to both, compares the answers and then what came into the log. */
export const appendBoth = async (world: World, request: Request): Promise<void> => {
  const { f, oracle, versions, log } = world
  const end = await oracle.head()
  const theirs = await oracle.append(request.writes, request.guards)
  const ours = await f.store.append(request.writes, request.guards)
  ensureSame(ours._tag, theirs._tag, `The answer to ${JSON.stringify(request)}`)
  const added = await f.readOwn({ after: log.at(-1)?.position ?? f.start })
  ensureSame(
    byStream(added),
    byStream(await gather(oracle.readAll({ after: end }))),
    'What came into the log',
  )
  log.push(...added)
  if (ours._tag === 'Left') return ensureTrue(world, request, ours.left)
  const known = ensureRight(theirs, 'The append to the oracle')
  ensureAnswer(world, request, ours.right, known)
  if (!known.repeated) {
    for (const [stream, version] of known.versions) versions.set(stream, version)
    if (request.writes.some((w) => w.events.length > 0)) world.accepted.push(request)
  }
}

/** An accepted append of one stream that was told no version, and one event more than it had. */
export const extended = (world: World, pick: number, more: NewEvent): Request | undefined => {
  const loose = world.accepted.filter(
    ({ writes }) =>
      writes.length === 1 && (writes[0]!.expected === 'any' || writes[0]!.expected === 'exists'),
  )
  const write = loose.length > 0 ? loose[pick % loose.length]!.writes[0] : undefined
  return write && { writes: [{ ...write, events: [...write.events, more] }], guards: [] }
}

/** An event that may be only once in the log, given again to another stream. */
export const elsewhere = (world: World, pick: number, more: NewEvent): Request | undefined => {
  const single = world.accepted
    .flatMap(({ writes }) =>
      writes.flatMap(({ stream, events }) => events.map((event) => ({ stream, event }))),
    )
    .filter(({ event }) => event.once)
  if (single.length === 0) return undefined
  const { stream, event } = single[pick % single.length]!
  return { writes: [{ stream: `${stream}other`, expected: 'any', events: [more, event] }], guards: [] }
}
