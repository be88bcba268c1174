/**
 * Seeded random numbers: xoshiro128** (Blackman, Vigna 2018). Pinned here because a log that was decided with
 * it must be decided the same in ten years. Not for secrets.
 */
export interface Random {
  /** An integer from 0 to 2^32 - 1. */
  next(): number
  /** An integer from 0 to n - 1, without bias. `n` from 1 to 2^32. */
  below(n: number): number
  /** A number from 0 up to but not including 1, with 32 bits. */
  fraction(): number
  /** A stream of its own for a purpose: the same name gives the same numbers, whatever else was drawn. */
  substream(name: string): Random
  /** To be kept in a state and given to `randomFrom`. */
  state(): RandomState
}

export type RandomState = readonly [number, number, number, number]

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k))

/** A 32-bit hash of a text, with a seed: FNV-1a and the finaliser of MurmurHash3. */
const hash32 = (text: string, seed: number): number => {
  let h = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const seedState = (seed: string): RandomState => [
  hash32(seed, 1),
  hash32(seed, 2),
  hash32(seed, 3),
  hash32(seed, 4) || 1,
]

class Xoshiro128 implements Random {
  readonly #seed: string
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: string, state: RandomState) {
    this.#seed = seed
    ;[this.#a, this.#b, this.#c, this.#d] = state
  }

  next(): number {
    const result = Math.imul(rotl(Math.imul(this.#b, 5), 7), 9) >>> 0
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = rotl(this.#d, 11)
    return result
  }

  below(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= 0x1_0000_0000)) throw new RangeError(`below(${n}): 1 to 2^32`)
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % n)
    for (;;) {
      const x = this.next()
      if (x < limit) return x % n
    }
  }

  fraction(): number {
    return this.next() / 0x1_0000_0000
  }

  substream(name: string): Random {
    const seed = `${this.#seed}/${name}`
    return new Xoshiro128(seed, seedState(seed))
  }

  state(): RandomState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0]
  }
}

export const random = (seed: string): Random => new Xoshiro128(seed, seedState(seed))

/** Goes on where `state` was taken. `seed` names the substreams drawn from it. */
export const randomFrom = (state: RandomState, seed = ''): Random => new Xoshiro128(seed, state)
