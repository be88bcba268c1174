/**
 * Kills the writer of a log with SIGKILL, over and over, and prints what was lost; ends with 1 if anything was.
 *
 *     node --import tsx packages/store-sqlite/test/kill.ts [rounds] [longest pause in ms]
 */
import { killRounds } from './rounds.js'
import { drivers } from './support.js'

const [rounds = '200', longest = '60'] = process.argv.slice(2)
for (const driver of drivers) {
  const report = await killRounds(driver, Number(rounds), Number(longest), (done) => {
    if (done % 20 === 0) console.error(`${driver}: ${done} of ${rounds}`)
  })
  console.log(JSON.stringify({ driver, ...report }, null, 2))
  const { lost, torn, doubled, skipped, faults, acknowledged } = report
  if (lost + torn + doubled + skipped + faults.length > 0 || acknowledged === 0) process.exitCode = 1
}
