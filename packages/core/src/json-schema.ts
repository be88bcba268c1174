import type * as t from 'io-ts'
import type { JsonSchema, SchemaNote } from './schema.js'

export interface JsonSchemaOptions {
  /** Refuse the fields that `listUnknownFields` lists, which a codec lets pass. Default false. */
  readonly closed?: boolean
  /** The `$id` of the schema. */
  readonly id?: string
  readonly title?: string
}

type Shape = t.Mixed &
  SchemaNote & {
    readonly _tag?: string
    readonly props?: Readonly<Record<string, t.Mixed>>
    readonly types?: readonly t.Mixed[]
    readonly type?: t.Mixed
    readonly domain?: t.Mixed
    readonly codomain?: t.Mixed
    readonly value?: string | number | boolean
    readonly keys?: Readonly<Record<string, unknown>>
  }

interface Walk {
  readonly closed: boolean
  /** Codecs that contain themselves, by name; undefined while one is being written. */
  readonly definitions: Map<string, JsonSchema | undefined>
}

interface Fields {
  readonly properties: Record<string, JsonSchema | boolean>
  readonly required: string[]
}

const TAGS: Readonly<Record<string, JsonSchema>> = {
  StringType: { type: 'string' },
  NumberType: { type: 'number' },
  BooleanType: { type: 'boolean' },
  NullType: { type: 'null' },
  AnyArrayType: { type: 'array' },
  AnyDictionaryType: { type: 'object' },
  UnknownType: {},
  AnyType: {},
  NeverType: { not: {} },
}

const isAbsent = (codec: t.Mixed): boolean => /^(Undefined|Void)Type$/.test((codec as Shape)._tag ?? '')

/** Whether a field of this codec may be left out. */
const mayBeAbsent = (codec: t.Mixed): boolean => {
  const { _tag, types = [] } = codec as Shape
  return isAbsent(codec) || _tag === 'UnknownType' || (_tag === 'UnionType' && types.some(mayBeAbsent))
}

/** The fields of an object codec, also of one put together from several; undefined for any other. */
const fieldsOf = (codec: t.Mixed, walk: Walk, path: string): Fields | undefined => {
  const { _tag, props = {}, types = [] } = codec as Shape
  if (_tag === 'IntersectionType') {
    const parts = types.map((part) => fieldsOf(part, walk, path))
    const known = parts.filter((part) => part !== undefined)
    if (known.length < parts.length) return undefined
    const properties = Object.assign({}, ...known.map((part) => part.properties))
    return { properties, required: known.flatMap((part) => part.required) }
  }
  if (_tag !== 'InterfaceType' && _tag !== 'PartialType') return undefined
  const properties: Fields['properties'] = {}
  const required: string[] = []
  for (const [key, inner] of Object.entries(props)) {
    properties[key] = schemaOf(inner, walk, path === '' ? key : `${path}.${key}`)
    if (_tag === 'InterfaceType' && !mayBeAbsent(inner)) required.push(key)
  }
  return { properties, required }
}

const objectOf = ({ properties, required }: Fields, { closed }: Walk): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  ...(closed ? { additionalProperties: false } : {}),
})

/** A member of a union, with what tells it apart: `marks` among its fields, and `keys` that must be there. */
const memberOf = (
  codec: t.Mixed,
  marks: Readonly<Record<string, JsonSchema | boolean>>,
  keys: readonly string[],
  walk: Walk,
  path: string,
): JsonSchema => {
  const fields = fieldsOf(codec, walk, path)
  if (!fields)
    return { allOf: [{ type: 'object', properties: marks, required: keys }, schemaOf(codec, walk, path)] }
  const required = [...new Set([...keys, ...fields.required])]
  return objectOf({ properties: { ...fields.properties, ...marks }, required }, walk)
}

const membersOf = ({ members = {}, tag, otherwise }: Shape, walk: Walk, path: string): JsonSchema => {
  const entries = Object.entries(members)
  if (tag !== undefined)
    return {
      oneOf: entries.map(([value, m]) => memberOf(m, { [tag]: { const: value } }, [tag], walk, path)),
    }
  const before = (i: number) =>
    walk.closed ? {} : Object.fromEntries(entries.slice(0, i).map(([key]) => [key, false]))
  const oneOf = entries.map(([key, m], i) => memberOf(m, before(i), [key], walk, path))
  return {
    oneOf: otherwise ? [...oneOf, memberOf(otherwise, before(entries.length), [], walk, path)] : oneOf,
  }
}

const unionOf = (types: readonly t.Mixed[], walk: Walk, path: string): JsonSchema => {
  const present = types.filter((type) => !isAbsent(type))
  const literals = present.filter((type) => (type as Shape)._tag === 'LiteralType')
  if (literals.length === present.length && present.length > 1)
    return { enum: literals.map((literal) => (literal as Shape).value) } as JsonSchema
  const schemas = present.map((type) => schemaOf(type, walk, path))
  return schemas.length === 1 ? schemas[0]! : { anyOf: schemas }
}

const recursionOf = (codec: Shape, walk: Walk, path: string): JsonSchema => {
  const name = codec.name.replace(/^an? /, '').replace(/[^A-Za-z0-9]+/g, '-')
  if (!walk.definitions.has(name)) {
    walk.definitions.set(name, undefined)
    let type = codec.type as Shape
    while (type._tag === 'RecursiveType') type = type.type as Shape
    walk.definitions.set(name, schemaOf(type, walk, path))
  }
  return { $ref: `#/$defs/${name}` }
}

const schemaOf = (codec: t.Mixed, walk: Walk, path: string): JsonSchema => {
  const shape = codec as Shape
  const { _tag = '', types = [], type, schema } = shape
  if (shape.inner) {
    const { description, default: fallback } = shape
    return {
      ...(description === undefined ? {} : { description }),
      ...schemaOf(shape.inner, walk, path),
      ...(fallback === undefined ? {} : { default: fallback }),
    }
  }
  if (schema) return schema
  if (shape.members) return membersOf(shape, walk, path)
  const fields = fieldsOf(codec, walk, path)
  if (fields) return objectOf(fields, walk)
  switch (_tag) {
    case 'IntersectionType': {
      // The parts are open, or each would refuse the fields of the others.
      const parts = types.map((part) => schemaOf(part, { ...walk, closed: false }, path))
      return { allOf: parts, ...(walk.closed ? { unevaluatedProperties: false } : {}) }
    }
    case 'UnionType':
      return unionOf(types, walk, path)
    case 'LiteralType':
      return { const: shape.value } as JsonSchema
    case 'KeyofType':
      return { enum: Object.keys(shape.keys ?? {}) }
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return { type: 'array', items: schemaOf(type!, walk, `${path}[]`) }
    case 'TupleType': {
      const prefixItems = types.map((item, i) => schemaOf(item, walk, `${path}[${i}]`))
      return { type: 'array', prefixItems, items: false, minItems: types.length, maxItems: types.length }
    }
    case 'DictionaryType': {
      const names = schemaOf(shape.domain!, walk, `${path}{}`)
      const additionalProperties = schemaOf(shape.codomain!, walk, `${path}{}`)
      return {
        type: 'object',
        ...(Object.keys(names).length > 1 ? { propertyNames: names } : {}),
        additionalProperties,
      }
    }
    case 'ReadonlyType':
    case 'ExactType':
      return schemaOf(type!, walk, path)
    case 'RecursiveType':
      return recursionOf(shape, walk, path)
  }
  if (TAGS[_tag]) return TAGS[_tag]
  throw new TypeError(
    `${path || 'The codec'}: there is no JSON Schema for "${codec.name}". Say which values it takes with withSchema.`,
  )
}

/**
 * The JSON Schema (draft 2020-12) of a codec: valid is what the codec decodes as it is. It knows the codecs of io-ts and of
 * this package; one of your own says with `withSchema` what it takes.
 * @throws TypeError for a codec whose values JSON Schema cannot tell, such as a refinement, with its path
 */
export const jsonSchemaOf = (codec: t.Mixed, options: JsonSchemaOptions = {}): JsonSchema => {
  const { closed = false, id, title } = options
  const definitions = new Map<string, JsonSchema | undefined>()
  const schema = schemaOf(codec, { closed, definitions }, '')
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(id === undefined ? {} : { $id: id }),
    ...(title === undefined ? {} : { title }),
    ...schema,
    ...(definitions.size === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  }
}
