import type { PreviewStep } from './preview.js'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** A duration in the units that it needs, such as `1 min 30 s`. */
const duration = (ms: number): string => {
  let left = ms
  const parts: string[] = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size)
    if (count > 0) parts.push(`${count} ${unit}`)
    left -= count * size
  }
  return parts.join(' ')
}

const poolIn = ({ pool, present, place, agents }: PreviewStep, before: PreviewStep | undefined): string => {
  if (place !== 'queued') return ''
  const available = present === pool ? '' : `, ${present} of them available`
  if (before?.place === 'queued' && pool !== before.pool)
    return `; the pool ${pool > before.pool ? 'grows' : 'shrinks'} from ${before.pool} to ${pool}${available}`
  if (before?.place === 'queued' && agents.join() === before.agents.join()) return ''
  return pool === 0 ? '; nobody can take it' : `; ${pool} can take it${available}`
}

const asksIn = ({ asks, place }: PreviewStep, before: PreviewStep | undefined): string => {
  if (place !== 'queued' || asks.join() === (before?.asks.join() ?? '')) return ''
  return `; asks for ${asks.length === 0 ? 'nothing more' : asks.join(' and ')}`
}

/** A line for each step, such as `+1 min: step 1 of relaxation; asks for german 2; the pool grows from 3 to 17`. */
export const previewInWords = (steps: readonly PreviewStep[]): readonly string[] =>
  steps.map((step, i) => {
    const before = steps[i - 1]
    const when = step.at === 0 ? 'at once' : `+${duration(step.at)}`
    return `${when}: ${step.why}${asksIn(step, before)}${poolIn(step, before)}`
  })
