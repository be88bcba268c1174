export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const BLOCK = /^ *Total: +(\d+)\n *Passed: +(\d+)\n *Skipped: +(\d+)$/gm

// Colours would stand between a label and its number.
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')

/** What uvu said last in the output of a test file, or nothing when it did not come to that. */
export const totalsOf = (output: string): Totals | undefined => {
  const plain = output.replaceAll(COLOURS, '').replaceAll('\r\n', '\n')
  const last = [...plain.matchAll(BLOCK)].at(-1)
  if (!last) return undefined
  const [total = 0, passed = 0, skipped = 0] = last.slice(1).map(Number)
  // uvu's total leaves the skipped tests out.
  return { passed, failed: total - passed, skipped }
}
