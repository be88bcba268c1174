import { readFile } from 'node:fs/promises'
import { listFaults, listUnknownFields } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** A file, or a text, that is not what a command needs; each fault with its path. */
export class BadFile extends Error {
  constructor(name: string, faults: readonly string[]) {
    super(faults.map((fault) => `${name}: ${fault}`).join('\n'))
  }
}

const parse = (name: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BadFile(name, [`it is no JSON: ${error instanceof Error ? error.message : error}`])
  }
}

const read = (name: string): Promise<string> =>
  readFile(name, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : `it cannot be read: ${error.message}`
    throw new BadFile(name, [why])
  })

/** What a JSON file holds; a text that begins with `{` or `[` is taken for itself. */
export const readJson = async (name: string): Promise<unknown> =>
  /^\s*[{[]/.test(name) ? parse('the text', name) : parse(name, await read(name))

/** What a JSON file holds, checked by a codec, without fields that the codec does not know. */
export const readAs = async <A>(codec: t.Type<A, unknown, unknown>, name: string): Promise<A> => {
  const value = await readJson(name)
  const decoded = codec.decode(value)
  const faults = [...listUnknownFields(codec, value), ...(E.isLeft(decoded) ? listFaults(decoded.left) : [])]
  if (E.isLeft(decoded) || faults.length > 0) throw new BadFile(name, faults)
  return decoded.right
}
