/** Columns of numbers that grow by doubling. */
export type Floats = Float64Array<ArrayBuffer>
export type Ints = Int32Array<ArrayBuffer>
export type Bytes = Uint8Array<ArrayBuffer>

const doubled = (size: number, needed: number): number => Math.max(size * 2, needed)

export const growFloats = (old: Floats, needed: number, fill = 0): Floats => {
  const grown = new Float64Array(doubled(old.length, needed))
  grown.set(old)
  if (fill !== 0) grown.fill(fill, old.length)
  return grown
}

export const growInts = (old: Ints, needed: number): Ints => {
  const grown = new Int32Array(doubled(old.length, needed))
  grown.set(old)
  return grown
}

export const growBytes = (old: Bytes, needed: number): Bytes => {
  const grown = new Uint8Array(doubled(old.length, needed))
  grown.set(old)
  return grown
}
