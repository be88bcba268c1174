import { type Finding, warning } from './finding.js'
import type { Check } from './linted.js'

const distinct = (values: readonly number[]): number => new Set(values).size

/** What orders waiting tickets, and does not; what lets some of them wait for good. */
export const checkOrder: Check = (linted) => {
  const { policy } = linted
  const { data, rules } = policy
  const queues = linted.queues.map((name) => ({ name, ...policy.queue(name) }))
  const actions = queues.flatMap(({ escalations }) => escalations.map(({ do: action = {} }) => action))
  const findings: Finding[] = []

  const bands = [...rules.map(({ band = 0 }) => band), ...actions.flatMap(({ band }) => band ?? [])]
  if (distinct(bands) === 1 && bands[0] !== 0)
    findings.push(
      warning(
        'bandOutOfUse',
        'classification',
        `Every ticket is in band ${bands[0]}, so bands order nothing.`,
      ),
    )
  const priorities = rules.map(({ priority = 0 }) => priority)
  if (policy.order === 'ageing' && policy.slope === 0 && distinct(priorities) > 1)
    findings.push(
      warning(
        'starvation',
        'slope',
        'A ticket gains nothing by waiting (slope 0), so those of low priority may wait for good.',
      ),
    )
  if (policy.order === 'deadline') {
    for (const { name, target } of queues)
      if (target === 0)
        findings.push(
          warning(
            'deadlineWithoutTarget',
            `queues.${name}`,
            `Tickets are ordered by their deadline, and queue "${name}" has no target: they count as due when they come.`,
          ),
        )
    if (data.slope !== undefined)
      findings.push(
        warning('withoutEffect', 'slope', 'Tickets are ordered by their deadline, not by priority and wait.'),
      )
  }
  const sharing = queues.filter(({ share }) => share !== undefined)
  if (sharing.length === 1)
    findings.push(
      warning(
        'shareAlone',
        `queues.${sharing[0]!.name}.share`,
        `Only queue "${sharing[0]!.name}" has a share, and there is nothing to share with.`,
      ),
    )
  for (const { name, explore, ranking } of queues) {
    if (explore?.permille === 0)
      findings.push(warning('withoutEffect', `queues.${name}.explore`, 'It explores with a chance of 0.'))
    const again = ranking.findIndex((one, i) => ranking.indexOf(one) < i)
    if (again >= 0)
      findings.push(
        warning(
          'withoutEffect',
          `queues.${name}.ranking[${again}]`,
          `"${ranking[again]}" comes before already.`,
        ),
      )
  }
  for (const [name, { dormancy }] of Object.entries(data.channels ?? {}))
    if (dormancy?.keeps === 100)
      findings.push(
        warning('withoutEffect', `channels.${name}.dormancy`, 'A dormant ticket keeps all of its cost.'),
      )
  for (const [i, { prefer }] of rules.entries())
    if (prefer?.for === 0)
      findings.push(warning('withoutEffect', `classification[${i}].prefer.for`, 'It waits no time for them.'))
  return findings
}
