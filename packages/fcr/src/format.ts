import type { FcrDefinition } from './definition.js'
import type { Figures, Rate } from './figures.js'
import { REASONS } from './judge.js'
import type { FcrReport } from './report.js'

const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

/** A time span in the largest unit that fits, such as `7 days`. */
export const spanText = (ms: number): string => {
  const [name, size] = UNITS.find(([, s]) => ms >= s && ms % s === 0) ?? ['ms', 1]
  const n = ms / size
  return `${n} ${name}${n === 1 || name === 'ms' ? '' : 's'}`
}

const dateFormat = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'UTC',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

const momentText = (at: number): string =>
  Number.isFinite(at) ? `${dateFormat.format(at).replace(', ', ' ')} UTC` : 'whatever is recorded'

const percent = (rate: number | undefined): string =>
  rate === undefined ? '–' : `${(100 * rate).toFixed(1)} %`
const rateText = ({ rate, of }: Rate): string => `${percent(rate)} of ${of}`

const unitText = (d: FcrDefinition): string =>
  d.unit === 'episode' ? 'issue (all contacts about it)' : 'contact'

const keyText = (d: FcrDefinition): string =>
  ({
    customer: 'same customer',
    'customer+intent': 'same customer and intent',
    ticket: 'same ticket',
  })[d.key] + (d.crossChannel ? ', any channel' : ', same channel')

const windowText = (d: FcrDefinition): string => {
  if (d.evidence === 'status') return 'none: the record of the contact decides'
  if (d.evidence === 'survey') return 'none: the survey decides'
  const hours = d.clock === 'business' ? ' of business time' : ''
  const bound = d.bound === 'closed' ? 'inclusive' : 'exclusive'
  return `${spanText(d.window)}${hours} after the ${d.anchor} of a contact, ${bound}, ${d.chain}`
}

const attributionText = (d: FcrDefinition): string =>
  ({
    first: 'first contact',
    last: 'last contact',
    resolver: 'contact that resolved it',
    each: 'each contact; a unit counts in several cells',
  })[d.attribution]

const CENSORING = {
  closedCohort: 'closed cohort: only units whose window is over',
  bounds: 'bounds: everything undecided fails, or succeeds',
  km: 'nowcast by Kaplan and Meier, 95 % confidence',
} as const

const boundsText = ({ bounds }: Figures): string =>
  `${percent(bounds.lower)} to ${percent(bounds.upper)} of ${bounds.of}`

const nowcastText = ({ nowcast }: Figures): string => {
  if (!nowcast) return '–'
  const { rate, lower, upper, of } = nowcast
  const interval = lower === undefined ? 'no interval' : `${percent(lower)} to ${percent(upper)}`
  return `${percent(rate)} (${interval}) of ${of}`
}

/** The figure that the definition wants to be read first. */
const headline = (d: FcrDefinition, f: Figures): string =>
  d.undecided === 'bounds' ? boundsText(f) : d.undecided === 'km' ? nowcastText(f) : rateText(f.closedCohort)

const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows.map((row) => `  ${row.map((text, i) => text.padEnd(widths[i]!)).join('  ')}`.trimEnd())
}

/** The report for people: a few lines of text that say what was counted before they say how much. */
export const formatReport = (report: FcrReport): string => {
  const { definition: d, total, cells, by, period } = report
  const { counts } = total
  const reasons = REASONS.filter((r) => counts.reasons[r] > 0).map((r) => `${r} ${counts.reasons[r]}`)
  const lines = [
    `First-contact resolution: ${headline(d, total)}`,
    ...table([
      ['unit', unitText(d)],
      ['key', keyText(d)],
      ['window', windowText(d)],
      ['attribution', attributionText(d)],
      ['censoring', CENSORING[d.undecided]],
      ['definition', report.hash.slice(0, 12)],
      ['as of', `${momentText(report.asOf)}, knowing ${momentText(report.known)}`],
      ...(period.from === undefined && period.to === undefined
        ? []
        : [
            [
              'period',
              `${momentText(period.from ?? 0)} to ${momentText(period.to ?? report.asOf)}, by ${d.cohort}`,
            ],
          ]),
      ...(report.finalUpTo === undefined
        ? []
        : [['final', `what ended before ${momentText(report.finalUpTo)}`]]),
      ['closed cohort', rateText(total.closedCohort)],
      ['bounds', boundsText(total)],
      ['nowcast', nowcastText(total)],
      [
        'units',
        `${counts.success} success, ${counts.failed} failed, ${counts.pending} pending, ${counts.open} open, ${counts.excluded} excluded`,
      ],
      ['failed for', reasons.length === 0 ? '–' : reasons.join(', ')],
      ['contacts a unit', total.contactsPerUnit?.toFixed(2) ?? '–'],
      ['identified', rateText(total.identified)],
    ]),
  ]
  if (by.length > 0)
    lines.push(
      '',
      ...table([
        [...by, 'closed cohort', 'bounds', 'pending', 'open'],
        ...cells.map(({ values, figures: f }) => [
          ...values.map((value) => value || '(unknown)'),
          rateText(f.closedCohort),
          boundsText(f),
          String(f.counts.pending),
          String(f.counts.open),
        ]),
      ]),
    )
  return lines.join('\n')
}
