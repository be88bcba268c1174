import { describeFaults, StoreError } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** What a program without types may ask for otherwise. Throws before anything of it is done. @throws StoreError `invalid` */
export const checkInput = (asked: string, codec: t.Decoder<unknown, unknown>, input: unknown): void => {
  const read = codec.decode(input)
  if (E.isLeft(read)) throw new StoreError('invalid', `${asked}: ${describeFaults(read.left)}.`)
}
