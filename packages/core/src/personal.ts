import * as t from 'io-ts'

const marked = new WeakSet<object>()

/**
 * Marks a field as personal data of the customer whom the event is about: a name, a number, what was said.
 * It stands nowhere else in the event, so that it can be encrypted per customer and shredded.
 */
export const personal = <A, O>(codec: t.Type<A, O, unknown>): t.Type<A, O, unknown> => {
  const copy = Object.assign(new t.Type(codec.name, codec.is, codec.validate, codec.encode), { inner: codec })
  marked.add(copy)
  return copy
}

interface Shape {
  readonly props?: Record<string, t.Mixed>
  readonly types?: readonly t.Mixed[]
  readonly type?: t.Mixed
  readonly codomain?: t.Mixed
  readonly inner?: t.Mixed
}

/** The paths of the personal fields of a codec, such as `content.text` or `phones[].number`. */
export const personalPaths = (codec: t.Decoder<unknown, unknown>, path = ''): readonly string[] => {
  if (marked.has(codec)) return [path]
  const { props, types, type, codomain, inner: copied } = codec as t.Decoder<unknown, unknown> & Shape
  if (copied) return personalPaths(copied, path)
  const paths: string[] = []
  for (const [key, inner] of Object.entries(props ?? {}))
    paths.push(...personalPaths(inner, path ? `${path}.${key}` : key))
  for (const inner of types ?? []) paths.push(...personalPaths(inner, path))
  if (type) paths.push(...personalPaths(type, `${path}[]`))
  if (codomain) paths.push(...personalPaths(codomain, `${path}{}`))
  return [...new Set(paths)]
}
