import { type EventStore, START } from '@ramal/core'
import { type LedgerEvent, ledgerEvents, ledgerStream } from './ledger.js'
import { checkOptions, reportOptions } from './options.js'

type Choice = Extract<LedgerEvent, { type: 'ShadowDecided' }>['data']['choices'][number]

/** How far a shadow policy agreed with the one that held. */
export interface ShadowReport {
  /** Hash of the shadow policy. */
  readonly policy: string
  /** Offers that it was asked about. */
  readonly offers: number
  readonly sameAgent: number
  readonly sameQueue: number
  /** It would have asked nobody. */
  readonly nobody: number
  /** The first choices that differ, at most as many as were asked for. */
  readonly differences: readonly Choice[]
}

/** What shadow policies would have done, each by its hash, from the ledger. Changes nothing. */
export const reportShadows = async (
  store: EventStore,
  options: { readonly domain?: string; readonly most?: number } = {},
): Promise<readonly ShadowReport[]> => {
  checkOptions('reportShadows', reportOptions, options)
  const { domain = 'main', most = 20 } = options
  const reports = new Map<
    string,
    { -readonly [K in keyof ShadowReport]: ShadowReport[K] } & { differences: Choice[] }
  >()
  const filter = { types: ['ShadowDecided'], categories: ['router'] }
  for await (const { events } of store.readAll({ after: START, ...filter }))
    for (const event of events) {
      const fact = ledgerEvents.upcast(event)
      if (fact?.type !== 'ShadowDecided' || event.stream !== ledgerStream(domain)) continue
      const { policy, choices } = fact.data
      const report = reports.get(policy) ?? {
        policy,
        offers: 0,
        sameAgent: 0,
        sameQueue: 0,
        nobody: 0,
        differences: [],
      }
      reports.set(policy, report)
      for (const choice of choices) {
        report.offers++
        if (choice.agent === choice.shadowAgent) report.sameAgent++
        else if (report.differences.length < most) report.differences.push(choice)
        if (choice.queue === choice.shadowQueue) report.sameQueue++
        if (choice.shadowAgent === undefined) report.nobody++
      }
    }
  return [...reports.values()]
}
