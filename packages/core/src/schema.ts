import type * as t from 'io-ts'
import type { Json } from './json.js'

/** A JSON Schema, draft 2020-12, as plain data. */
export interface JsonSchema {
  readonly [key: string]: Json | undefined
}

/** What a codec carries for `jsonSchemaOf`, besides what io-ts puts on it. */
export interface SchemaNote {
  /** What it takes, where its shape alone does not say it. */
  readonly schema?: JsonSchema
  /** For people. */
  readonly description?: string
  /** What holds where the value is left out. */
  readonly default?: Json
  /** The codec that this one is a copy of. */
  readonly inner?: t.Mixed
  /**
   * Of a union told apart by the value of one field, `tag`: the member for each value. Without `tag`, of one told
   * apart by which field is there: the member for each field, the first that is there picks, or `otherwise`.
   */
  readonly members?: Readonly<Record<string, t.Mixed>>
  readonly tag?: string
  readonly otherwise?: t.Mixed
}

/** Says of a codec of one's own, in JSON Schema, which values it takes. It must take those and no others. */
export const withSchema = <C extends t.Mixed>(codec: C, schema: JsonSchema): C =>
  Object.assign(codec, { schema })

/**
 * A copy of a codec that says what it is for, a sentence for the readers of a schema, and what holds where it is left
 * out. It fills nothing in.
 */
export const described = <C extends t.Mixed>(codec: C, description: string, fallback?: Json): C =>
  Object.defineProperties(Object.create(Object.getPrototypeOf(codec)), {
    ...Object.getOwnPropertyDescriptors(codec),
    inner: { value: codec, enumerable: true },
    description: { value: description, enumerable: true },
    default: { value: fallback, enumerable: true },
  }) as C
