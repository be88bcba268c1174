import { type Position, START, StoreError } from '@ramal/core'

/** A place in the log of the server. The client says `bigint`, and now and then gives a `number`. */
export interface LogPosition {
  readonly commit: bigint | number
  readonly prepare: bigint | number
}

const WIDTH = 16

const hex = (value: bigint | number): string => BigInt(value).toString(16).padStart(WIDTH, '0')

/** Commit and prepare in 16 hexadecimal digits each, so that the order of texts is the order of the log. */
export const positionFrom = ({ commit, prepare }: LogPosition): Position =>
  `${hex(commit)}${hex(prepare)}` as Position

/** The server sends the largest numbers there are where it knows no position. */
const LARGEST = 2n ** 63n - 1n

/** As `positionFrom`; nothing where the server sent no position, or none that is one. */
export const knownPosition = (position: LogPosition | undefined): Position | undefined =>
  position && BigInt(position.commit) <= LARGEST && BigInt(position.prepare) <= LARGEST
    ? positionFrom(position)
    : undefined

/** The inverse of `positionFrom`. @throws StoreError `invalid` for a position of another store */
export const logPositionOf = (position: Position): { commit: bigint; prepare: bigint } | 'start' => {
  if (position === START) return 'start'
  if (!/^[0-9a-f]{32}$/.test(position))
    throw new StoreError(
      'invalid',
      `Position ${JSON.stringify(position)} is none of a KurrentDB log; it was made by another store.`,
    )
  return {
    commit: BigInt(`0x${position.slice(0, WIDTH)}`),
    prepare: BigInt(`0x${position.slice(WIDTH)}`),
  }
}
