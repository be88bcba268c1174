/**
 * Kills writers with SIGKILL, over and over, and prints what was lost.
 *
 *     node --import tsx packages/store-postgres/test/kill.ts [rounds]
 */
import { startPostgres } from '@ramal/postgres-test-server'
import { killRounds } from './rounds.js'

const rounds = Number(process.argv[2] ?? 200)
const server = await startPostgres()
try {
  const report = await killRounds({ url: server.url(), schema: 'ramal', rounds, pause: 300 })
  console.log(server.binaries.name, report)
  if (report.lost + report.torn + report.doubled + report.skipped > 0) process.exitCode = 1
} finally {
  await server.remove()
}
