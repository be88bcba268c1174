/**
 * Compares the variants of the service level with golden figures.
 *
 *     node packages/service-metrics/dist/check-service-level.js FILE.json
 *
 * Ends with 1 when a figure differs, with 2 for a file that cannot be read.
 */
import { readFile } from 'node:fs/promises'
import { describeFaults, finite } from '@ramal/core'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type ServiceLevelVariant, serviceLevels } from './service-level.js'

const golden = t.type({
  input: t.type({
    answered: finite,
    abandoned: finite,
    answeredWithin: finite,
    abandonedWithin: finite,
    shortAbandoned5s: finite,
  }),
  expected: t.record(t.string, finite),
})

/** What the file calls each variant. */
const NAMES: Readonly<Record<string, ServiceLevelVariant>> = {
  F1_abandonsWithinCountAsMet: 'abandonsWithinMet',
  F2_answeredOnly: 'answeredOnly',
  F3_allAbandonsNegative: 'abandonsNegative',
  F4_abandonsWithinRemoved: 'abandonsWithinRemoved',
  F5_shortAbandonsCountAsMet: 'shortAbandonsMet',
  F5b_shortAbandonsRemoved: 'shortAbandonsRemoved',
  ciscoIgnored: 'abandonsWithinRemoved',
  ciscoNegative: 'abandonsNegative',
  ciscoPositive: 'abandonsWithinMet',
}

const main = async (path: string | undefined): Promise<number> => {
  if (path === undefined) {
    console.error('Give the path of the figures: node check-service-level.js FILE.json')
    return 2
  }
  const decoded = golden.decode(JSON.parse(await readFile(path, 'utf8')))
  if (E.isLeft(decoded)) {
    console.error(`${path} holds no golden figures: ${describeFaults(decoded.left)}`)
    return 2
  }
  const { input, expected } = decoded.right
  const found = serviceLevels({ ...input, shortAbandoned: input.shortAbandoned5s })
  let wrong = 0
  for (const [name, value] of Object.entries(expected)) {
    const variant = NAMES[name]
    const ours = variant === undefined ? undefined : found[variant]
    if (ours === undefined || Math.abs(ours - value) > 1e-12) {
      wrong++
      console.error(`${name}: expected ${value}, found ${ours}`)
    }
  }
  console.log(`${Object.keys(expected).length} figures compared, ${wrong} differ.`)
  return wrong === 0 ? 0 : 1
}

main(process.argv[2]).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 2
  },
)
