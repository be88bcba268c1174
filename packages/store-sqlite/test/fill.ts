/** Appends until that fails, says how many were acknowledged, and ends without closing. */
import { StoreError } from '@ramal/core'
import { type DriverName, sqliteStore } from '../src/index.js'
import { event, write } from './support.js'

const [file = '', driver] = process.argv.slice(2)
const store = await sqliteStore(file, { driver: driver as DriverName })
let acknowledged = 0
for (;;)
  try {
    await store.append(write(`a-${acknowledged % 10}`, 'any', event({ text: 'x'.repeat(2_000) })))
    acknowledged++
  } catch (error) {
    const code = error instanceof StoreError ? error.code : String(error)
    console.log(`${acknowledged} acknowledged, then ${code}: ${error}`)
    process.exit(0)
  }
