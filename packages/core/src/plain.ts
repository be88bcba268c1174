/** Deeper than any event needs to be. What is deeper, or holds itself, is left to JSON. */
const DEEPEST = 64

/** The most that each takes as JSON, in characters, with the comma after it. */
const OF_ESCAPE = 6
const OF_NUMBER = 26
const OF_REST = 6

/** How many characters of JSON may still come. */
export interface Room {
  characters: number
}

/** The most that a text takes as JSON. To read it makes one text of it where it still is a tree of parts: a tenth. */
const lengthOf = (text: string): number => {
  let length = text.length + OF_REST
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code < 0xe000))
      length += OF_ESCAPE - 1
  }
  return length
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    (prototype === Object.prototype || prototype === null) &&
    typeof (value as { toJSON?: unknown }).toJSON !== 'function'
  )
}

const copyList = (list: readonly unknown[], room: Room, depth: number): unknown => {
  if (Object.getPrototypeOf(list) !== Array.prototype || 'toJSON' in list) return undefined
  const copy: unknown[] = []
  for (let i = 0; i < list.length; i++) {
    const item = plainCopy(list[i], room, depth + 1)
    if (item === undefined) return undefined
    copy.push(item)
  }
  return Object.freeze(copy)
}

const copyRecord = (value: object, room: Room, depth: number): unknown => {
  if (!isPlain(value)) return undefined
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[key]
    if (field === undefined) continue
    room.characters -= key.length * OF_ESCAPE + OF_REST
    const inner = plainCopy(field, room, depth + 1)
    if (inner === undefined || key === '__proto__') return undefined
    copy[key] = inner
  }
  return Object.freeze(copy)
}

/**
 * What `JSON.parse(JSON.stringify(value))` gives, frozen to any depth, at a fraction of its price. Nothing where
 * only JSON itself can tell: what it changes or refuses, what may not fit into the room, what is very deep.
 */
export const plainCopy = (value: unknown, room: Room, depth = 0): unknown => {
  switch (typeof value) {
    case 'string':
      room.characters -= lengthOf(value)
      break
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) return undefined
      room.characters -= OF_NUMBER
      break
    case 'boolean':
      room.characters -= OF_REST
      break
    case 'object':
      room.characters -= OF_REST
      if (value === null) break
      if (depth >= DEEPEST || room.characters < 0) return undefined
      return Array.isArray(value) ? copyList(value, room, depth) : copyRecord(value, room, depth)
    default:
      return undefined
  }
  return room.characters < 0 ? undefined : value
}
