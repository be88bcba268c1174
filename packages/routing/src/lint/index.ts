export type { Finding, FindingCode, LintedAgent, LintFacts, Severity } from './finding.js'
export { lintPolicy } from './lint.js'
