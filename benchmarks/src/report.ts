import type { Bounds, FigureLine } from './harness.js'

/** Three digits that matter: 0.0123, 4.56, 123, 45,678. */
export const shown = (value: number): string =>
  Math.abs(value) >= 100 || value === 0
    ? Math.round(value).toLocaleString('en-US')
    : Number(value.toPrecision(3)).toString()

const bounds = ({ min, max }: Bounds): string =>
  [min === undefined ? [] : [`≥ ${shown(min)}`], max === undefined ? [] : [`≤ ${shown(max)}`]]
    .flat()
    .join(' and ')

const goalOf = ({ goal, ok }: FigureLine): string => {
  if (!goal) return ''
  const parts = [
    ...(goal.ratio ? [`ratio ${bounds(goal.ratio)}`] : []),
    ...(goal.value ? [bounds(goal.value)] : []),
  ]
  return `${ok ? 'met   ' : 'MISSED'} ${parts.join(', ')}`
}

const WIDTHS = [44, 22, 9] as const

const row = (figure: string, value: string, ratio: string, rest: string): string =>
  `  ${figure.padEnd(WIDTHS[0])} ${value.padStart(WIDTHS[1])} ${ratio.padStart(WIDTHS[2])}  ${rest}`.trimEnd()

/** The head of the table that `rowOf` fills, a row as soon as its figure is known. */
export const HEAD = row('figure', 'value', 'ratio', 'beside, goal')

export const rowOf = (line: FigureLine): string => {
  const { figure, value, unit, beside, ratio } = line
  const besides = beside ? `of ${beside.name} ${shown(beside.value)}` : ''
  const rest = [besides, goalOf(line)].filter((text) => text !== '').join('; ')
  return row(figure, `${shown(value)} ${unit}`, ratio === null ? '' : `× ${shown(ratio)}`, rest)
}
