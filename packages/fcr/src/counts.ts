import { REASONS, type Reason, STATE } from './judge.js'

/** How many units are in which state, of everything or of one cell of a breakdown. */
export interface Counts {
  readonly success: number
  readonly failed: number
  readonly pending: number
  readonly open: number
  readonly excluded: number
  /** Of `success` and `failed`, those whose window is over: the closed cohort. */
  readonly closedSuccess: number
  readonly closedFailed: number
  /** Contacts of the units that are `success` or `failed`. */
  readonly contacts: number
  /** Units, but for the excluded, of which it is known who the customer was: others cannot be seen to return. */
  readonly identified: number
  /** Units that failed for a reason; one unit can have several. */
  readonly reasons: { readonly [R in Reason]: number }
}

const CLOSED = 5
const CONTACTS = 7
const IDENTIFIED = 8
const FIRST_REASON = 9
const WIDTH: number = FIRST_REASON + REASONS.length

/** What stands beside the state of a unit in one small number. */
export const FLAG = { state: 7, closed: 8, identified: 16 } as const

/** Counters of many cells in one array. A cell changes by what leaves it and what comes into it. */
export interface Cells {
  cell(key: number): number
  /** Keys and cells, in order of appearance. */
  entries(): Iterable<readonly [key: number, cell: number]>
  /** `flags`: a state with `FLAG`s. */
  add(cell: number, flags: number, reasons: number, contacts: number, sign: 1 | -1): void
  counts(cell: number): Counts
}

export const cells = (): Cells => {
  const numbers = new Map<number, number>()
  let values = new Int32Array(WIDTH * 16)
  return {
    cell(key) {
      let cell = numbers.get(key)
      if (cell === undefined) {
        cell = numbers.size
        numbers.set(key, cell)
        if ((cell + 1) * WIDTH > values.length) {
          const grown = new Int32Array(values.length * 2)
          grown.set(values)
          values = grown
        }
      }
      return cell
    },
    entries: () => numbers.entries(),
    add(cell, flags, reasons, contacts, sign) {
      const state = flags & FLAG.state
      if (state === STATE.none) return
      const at = cell * WIDTH
      values[at + state - 1]! += sign
      if (state !== STATE.excluded && flags & FLAG.identified) values[at + IDENTIFIED]! += sign
      if (state !== STATE.success && state !== STATE.failed) return
      if (flags & FLAG.closed) values[at + CLOSED + state - STATE.success]! += sign
      values[at + CONTACTS]! += sign * contacts
      for (let i = 0, bits = reasons; bits !== 0; i++, bits >>= 1)
        if (bits & 1) values[at + FIRST_REASON + i]! += sign
    },
    counts(cell) {
      const at = cell * WIDTH
      const of = (i: number) => values[at + i]!
      return {
        success: of(STATE.success - 1),
        failed: of(STATE.failed - 1),
        pending: of(STATE.pending - 1),
        open: of(STATE.open - 1),
        excluded: of(STATE.excluded - 1),
        closedSuccess: of(CLOSED),
        closedFailed: of(CLOSED + 1),
        contacts: of(CONTACTS),
        identified: of(IDENTIFIED),
        reasons: Object.fromEntries(REASONS.map((r, i) => [r, of(FIRST_REASON + i)])) as Counts['reasons'],
      }
    },
  }
}
