/**
 * Kills the test server with -9 so many times while writers and a subscription are at work, and prints what came
 * of it. Ends with 1 when anything was lost, doubled or skipped.
 *
 *     node --import tsx packages/store-kurrentdb/test/kill.ts [rounds] [seed]
 */
import { runKillRounds } from './kill-rounds.js'

const rounds = Number(process.argv[2] ?? 200)
const figures = await runKillRounds(rounds, process.argv[3] ?? String(Date.now()))
console.log(figures)
process.exitCode = figures.lost + figures.doubled + figures.skipped > 0 ? 1 : 0
