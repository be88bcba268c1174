import { type JsonSchema, jsonSchemaOf } from '@ramal/core'
import { policyCodec } from './codec.js'

/**
 * The JSON Schema (draft 2020-12) of a policy file, with what each field means and its default: for editors, and for
 * whoever writes policies by another program. What it cannot see, `parsePolicy` does: names of queues and calendars
 * that are not there, rules that are never reached.
 */
export const policySchema = (): JsonSchema => {
  const { properties, ...schema } = jsonSchemaOf(policyCodec, {
    closed: true,
    title: 'A Ramal routing policy',
  })
  const own = { type: 'string', description: 'Where this schema is, for editors; not part of the policy.' }
  return { ...schema, properties: { $schema: own, ...(properties as JsonSchema) } }
}
