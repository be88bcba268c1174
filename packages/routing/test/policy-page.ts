import type { JsonSchema } from '@ramal/core'

type Schema = JsonSchema & {
  readonly description?: string
  readonly default?: unknown
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
}

interface Section {
  readonly title: string
  readonly schemas: readonly Schema[]
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

const bounds = ({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Schema): string => {
  const [from, to] = [minimum !== Number.MIN_SAFE_INTEGER, maximum !== Number.MAX_SAFE_INTEGER]
  if (from && to) return `integer, ${minimum} to ${maximum}`
  return from ? `integer from ${minimum}` : 'integer'
}

const patternOf = (pattern: string): string => (pattern.includes('02-29') ? '`YYYY-MM-DD`' : '`HH:MM`')

/** What a field takes, in words; objects are said in a section of their own. */
const takes = (schema: Schema): string => {
  const { type, items, additionalProperties, properties, $ref, pattern } = schema
  if ($ref !== undefined) return `a [${$ref.slice('#/$defs/'.length)}](#${$ref.slice('#/$defs/'.length)})`
  if (schema.enum) return schema.enum.map(code).join(', ')
  if ('const' in schema) return code(schema.const)
  if (schema.anyOf) return schema.anyOf.map(takes).join(', or ')
  if (items) return `list: ${takes(items)}`
  if (typeof additionalProperties === 'object') return `by name: ${takes(additionalProperties)}`
  if (properties) return 'an object, see below'
  if (pattern !== undefined) return patternOf(pattern)
  if (type === 'integer') return bounds(schema)
  return type === 'string' ? 'text' : (type ?? 'anything')
}

/** The object that a field holds, at whatever depth of lists, names and alternatives, with the path to it. */
const objectsIn = (schema: Schema, path: string): readonly Section[] => {
  const { items, additionalProperties, properties, anyOf } = schema
  if (anyOf) return anyOf.flatMap((one) => objectsIn(one, path))
  if (items) return objectsIn(items, `${path}[]`)
  if (typeof additionalProperties === 'object') return objectsIn(additionalProperties, `${path}.NAME`)
  return properties ? sectionsOf({ title: path, schemas: [schema] }) : []
}

const sectionsOf = (section: Section): readonly Section[] => [
  section,
  ...section.schemas.flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([key, inner]) =>
      objectsIn(inner, section.title === 'policy' ? key : `${section.title}.${key}`),
    ),
  ),
]

const row = (key: string, schema: Schema, required: boolean): string => {
  const fallback = required ? 'required' : schema.default === undefined ? '–' : code(schema.default)
  return `| \`${key}\` | ${takes(schema)} | ${fallback} | ${schema.description ?? ''} |`.replaceAll('  ', ' ')
}

const table = ({ properties = {}, required = [] }: Schema): readonly string[] => [
  '| field | takes | default | meaning |',
  '|---|---|---|---|',
  ...Object.entries(properties).map(([key, inner]) => row(key, inner, required.includes(key))),
  '',
]

const print = ({ title, schemas }: Section): readonly string[] => [
  `## ${/^[a-z]+$/.test(title) ? title : `\`${title}\``}`,
  '',
  ...(schemas.length > 1 ? ['One of these, by the field that is there.', ''] : []),
  ...schemas.flatMap(table),
]

const INTRODUCTION = `# The policy

Every field of a routing policy: what it takes, what holds where it is left out, what it means. A policy is data: a JSON
file, or an object in your program. \`parsePolicy\` refuses what is not in these tables, names that lead to nothing and
rules that can never be reached; [the linter](../how-to/check-a-policy.md) says what it cannot do.

Durations are in milliseconds. The [JSON Schema](policy.schema.json) of the same fields serves editors: name it in the
field \`$schema\` of the file.

This page is written by \`pnpm reference\` from the codecs in \`packages/routing/src/policy\`; a test checks that it is theirs.

`

/** The reference of the policy, in Markdown. */
export const policyPage = (schema: JsonSchema): string => {
  const root = schema as Schema
  const definitions = Object.entries(root.$defs ?? {}).flatMap(([title, definition]) =>
    sectionsOf({ title, schemas: definition.oneOf ?? [definition] }),
  )
  const sections = [...sectionsOf({ title: 'policy', schemas: [root] }), ...definitions]
  return `${INTRODUCTION}${sections.flatMap(print).join('\n').trimEnd()}\n`
}
