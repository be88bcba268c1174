import * as E from 'fp-ts/lib/Either.js'
import { conflictOf, type ProjectionStorage, type Saved } from './storage.js'

/** Keeps states as long as the process lives: for tests, and for hosts that run several versions beside each other. */
export const memoryProjectionStorage = (): ProjectionStorage => {
  const records = new Map<string, { token: number; text: string | undefined }>()
  const serving = new Map<string, number>()
  const keyOf = ({ name, version }: { name: string; version: number }) => `${name}@${version}`
  const parse = (text: string | undefined): Saved | undefined =>
    text === undefined ? undefined : JSON.parse(text)
  return {
    async claim(id) {
      const record = records.get(keyOf(id)) ?? { token: 0, text: undefined }
      record.token++
      records.set(keyOf(id), record)
      return { token: record.token, saved: parse(record.text) }
    },
    async load(id) {
      return parse(records.get(keyOf(id))?.text)
    },
    async save(id, token, from, next) {
      const record = records.get(keyOf(id))
      const held = record && { token: record.token, saved: parse(record.text) }
      const conflict = conflictOf(id, held, serving.get(id.name), token, from)
      if (conflict) return E.left(conflict)
      // As text, so that neither side can change what the other holds.
      record!.text = JSON.stringify(next)
      return E.right(undefined)
    },
    async serving(name) {
      return serving.get(name)
    },
    async serve(name, from, to) {
      if (serving.get(name) !== from) return false
      serving.set(name, to)
      return true
    },
    async remove(id) {
      records.delete(keyOf(id))
    },
  }
}
