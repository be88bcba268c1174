import type { Content } from '@ramal/conversation'
import { describeFaults } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** The content of a message, or what could not be understood about it. */
export type ReadContent = E.Either<string, Content>

/** `key` names the message: a file without an id of its own is named after it. */
export type Reader = (u: unknown, key: string) => ReadContent

/** A reader for what a codec describes. */
export const reading =
  <A>(codec: t.Type<A, unknown, unknown>, content: (value: A, key: string) => Content): Reader =>
  (u, key) => {
    const read = codec.decode(u)
    return E.isRight(read) ? E.right(content(read.right, key)) : E.left(describeFaults(read.left))
  }
