import { nonEmpty, record } from '@ramal/core'
import { type Policy, type PreviewAgent, type PreviewFacts, parsePolicy } from '@ramal/routing'
import { agentKind, capacity, skills } from '@ramal/workforce'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { BadFile, readAs, readJson } from './read-file.js'

const agent = record(
  { id: nonEmpty, capacity, queues: t.array(nonEmpty) },
  { kind: agentKind, skills, team: t.string, name: t.string, available: t.boolean },
)

const ticket = record(
  { channel: nonEmpty },
  {
    id: nonEmpty,
    endpoint: nonEmpty,
    language: nonEmpty,
    intent: nonEmpty,
    segment: nonEmpty,
    labels: t.array(nonEmpty),
    lastAgent: nonEmpty,
  },
)

export const readPolicy = async (name: string): Promise<Policy> => {
  const parsed = parsePolicy(await readJson(name))
  if (E.isLeft(parsed)) throw new BadFile(name, parsed.left.faults)
  return parsed.right
}

/** A list of agents, as they are registered: people without skills where nothing else is said. */
export const readAgents = async (name: string): Promise<readonly PreviewAgent[]> => {
  const agents = await readAs(t.array(agent), name)
  const twice = agents.find(({ id }, i) => agents.findIndex((other) => other.id === id) < i)
  if (twice) throw new BadFile(name, [`two agents have the id "${twice.id}"`])
  return agents.map(({ kind = 'human', skills: has = {}, team, name: called, ...rest }) => ({
    ...rest,
    kind,
    skills: has,
    team,
    name: called,
  }))
}

/** What is known of a ticket: a file, or the JSON itself. */
export const readTicket = (name: string): Promise<PreviewFacts> => readAs(ticket, name)
