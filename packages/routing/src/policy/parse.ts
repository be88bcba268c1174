import { listFaults, listUnknownFields } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import { compileZones, type Zones, zoneFaults } from '../calendar/index.js'
import { type PolicyData, policyCodec } from './codec.js'
import { type Policy, policyFrom } from './policy.js'
import { referenceFaults } from './references.js'

/** What is wrong with a policy, each with its path. */
export interface InvalidPolicy {
  readonly _tag: 'InvalidPolicy'
  readonly faults: readonly string[]
}

/** The years around which time zones are compiled into a policy: what is older or later has the nearest offset. */
const YEARS = { from: 2000, to: 2050 } as const

const zonesOf = ({ calendars = {} }: PolicyData): Zones =>
  compileZones([...new Set(Object.values(calendars).map(({ timeZone }) => timeZone))], YEARS.from, YEARS.to)

/** Editors find the schema of a file by this field; it says nothing about routing. */
const withoutSchema = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || !('$schema' in input)) return input
  const { $schema, ...data } = input
  return typeof $schema === 'string' ? data : input
}

/**
 * A policy file, read from outside. The rules of its time zones are taken from this machine and kept with the
 * policy in the log: whoever replays it decides by the same hours.
 */
export const parsePolicy = (file: unknown): E.Either<InvalidPolicy, Policy> => {
  const input = withoutSchema(file)
  const decoded = policyCodec.decode(input)
  const faults = [
    ...listUnknownFields(policyCodec, input),
    ...(E.isLeft(decoded)
      ? listFaults(decoded.left)
      : [...referenceFaults(decoded.right), ...zoneFaults(decoded.right.calendars ?? {})]),
  ]
  if (E.isLeft(decoded) || faults.length > 0) return E.left({ _tag: 'InvalidPolicy', faults })
  return E.right(policyFrom(decoded.right, zonesOf(decoded.right)))
}
