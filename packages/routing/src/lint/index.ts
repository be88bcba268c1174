export type { Finding, FindingCode, Severity } from './finding.js'
export { lintPolicy } from './lint.js'
export type { LintedAgent, LintFacts } from './linted.js'
