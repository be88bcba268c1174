/** Two 32-bit hashes of one value. Together they tell states apart; they are no protection against forgery. */
export type HashPair = readonly [number, number]

/** The two hashes under way: here, as integers with a sign, they take no memory of their own. */
let a = 0
let b = 0

const begin = (): void => {
  a = 0x811c9dc5 | 0
  b = 0x9747b28c | 0
}

const word = (w: number): void => {
  a = Math.imul(a ^ w, 0x9e3779b1)
  a ^= a >>> 15
  b = Math.imul(b ^ w, 0x85ebca77)
  b ^= b >>> 13
}

const finish = (h: number): number => {
  const mixed = Math.imul(h ^ (h >>> 16), 0xc2b2ae3d)
  return mixed ^ (mixed >>> 13)
}

/** What comes next, or all that there is to say; a text begins with its length, which is not below 0. */
const NOTHING = -1
const YES = -2
const NO = -3
const NUMBER = -4
const LIST = -5
const ENTRIES = -6

const double = new DataView(new ArrayBuffer(8))

const number = (n: number): void => {
  word(NUMBER)
  double.setFloat64(0, n, true)
  word(double.getInt32(0, true))
  word(double.getInt32(4, true))
}

const text = (s: string): void => {
  const { length } = s
  word(length)
  let inA = a
  let inB = b
  for (let i = 0; i < length; i++) {
    const code = s.charCodeAt(i)
    inA = Math.imul(inA ^ code, 0x9e3779b1)
    inA ^= inA >>> 15
    inB = Math.imul(inB ^ code, 0x85ebca77)
    inB ^= inB >>> 13
  }
  a = inA
  b = inB
}

const list = (items: readonly unknown[]): void => {
  word(LIST)
  word(items.length)
  for (let i = 0; i < items.length; i++) mix(items[i])
}

/** Hashed by itself, and added to the others of its kind. As in JSON, what is undefined is not there. */
const entry = (sum: { a: number; b: number }, key: string, value: unknown): void => {
  if (value === undefined) return
  begin()
  text(key)
  mix(value)
  sum.a = (sum.a + finish(a)) | 0
  sum.b = (sum.b + finish(b)) | 0
}

const entries = (value: object): void => {
  const outer = { a, b }
  const sum = { a: 0, b: 0 }
  if (value instanceof Map) for (const [key, one] of value) entry(sum, key, one)
  else for (const key in value) entry(sum, key, value[key as keyof typeof value])
  a = outer.a ^ sum.a
  b = outer.b ^ sum.b
  word(ENTRIES)
}

const mix = (value: unknown): void => {
  switch (typeof value) {
    case 'string':
      return text(value)
    case 'number':
      return number(value)
    case 'boolean':
      return word(value ? YES : NO)
    case 'object':
      if (value === null) return word(NOTHING)
      return Array.isArray(value) ? list(value) : entries(value)
    default:
      return word(NOTHING)
  }
}

/** Of plain data and maps: their entries may stand in any order, the items of lists may not. */
export const hashPair = (value: unknown): HashPair => {
  begin()
  mix(value)
  return [finish(a), finish(b)]
}
