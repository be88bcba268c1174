export type { Check, Open, Settings } from './check.js'
export { checks } from './checks.js'
export { BrokenContract } from './expect.js'
export {
  type CheckResult,
  type ConformanceOptions,
  type ConformanceReport,
  runCheck,
  runConformance,
} from './run.js'
