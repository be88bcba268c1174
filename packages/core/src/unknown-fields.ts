import type * as t from 'io-ts'

interface Shape {
  readonly _tag?: string
  readonly props?: Readonly<Record<string, t.Mixed>>
  readonly types?: readonly t.Mixed[]
  readonly type?: t.Mixed
  readonly codomain?: t.Mixed
  /** Of a union that is told apart by a field: the codec for a value. */
  readonly pick?: (value: unknown) => t.Mixed | undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of an object codec, also of one that is put together from several; undefined for any other codec. */
const fieldsOf = (codec: t.Mixed): ReadonlyMap<string, t.Mixed> | undefined => {
  const { _tag, props, types = [] } = codec as t.Mixed & Shape
  if (_tag === 'InterfaceType' || _tag === 'PartialType') return new Map(Object.entries(props ?? {}))
  if (_tag !== 'IntersectionType') return undefined
  const parts = types.map(fieldsOf)
  return new Map(parts.flatMap((part) => [...(part ?? [])]))
}

/**
 * Fields that a codec does not know, each as `path: ...`: io-ts lets them pass, and a misspelt field would be
 * ignored without a word. Looks into objects, lists, dictionaries, and unions; of a union that nothing tells apart,
 * what no member knows that takes the value otherwise.
 */
export const listUnknownFields = (codec: t.Mixed, value: unknown, path = ''): readonly string[] => {
  const { _tag, type, types = [], codomain, pick } = codec as t.Mixed & Shape
  if (_tag === 'RecursiveType' && type) return listUnknownFields(type, value, path)
  if (_tag === 'UnionType') {
    const lists = types.filter((member) => member.is(value)).map((m) => listUnknownFields(m, value, path))
    return lists.find((list) => list.length === 0) ?? lists[0] ?? []
  }
  const picked = pick?.(value)
  if (picked) return listUnknownFields(picked, value, path)
  if (Array.isArray(value))
    return value.flatMap((item, i) => {
      const inner = _tag === 'TupleType' ? types[i] : type
      return inner ? listUnknownFields(inner, item, `${path}[${i}]`) : []
    })
  if (!isObject(value)) return []
  const at = (key: string) => (path === '' ? key : `${path}.${key}`)
  const fields = fieldsOf(codec)
  if (fields)
    return Object.entries(value).flatMap(([key, inner]) => {
      const known = fields.get(key)
      if (known) return listUnknownFields(known, inner, at(key))
      return [
        `${at(key)}: there is no such field; there are ${[...fields.keys()].sort().join(', ') || 'none'}`,
      ]
    })
  return codomain
    ? Object.entries(value).flatMap(([key, inner]) => listUnknownFields(codomain, inner, at(key)))
    : []
}
