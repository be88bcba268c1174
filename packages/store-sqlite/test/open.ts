/** Opens a log as another process and says what came of it. */
import { START, StoreError } from '@ramal/core'
import { type DriverName, sqliteStore } from '../src/index.js'
import { gather } from './support.js'

const [file = '', driver, mode] = process.argv.slice(2)
try {
  const store = await sqliteStore(file, { driver: driver as DriverName, readOnly: mode === 'read' })
  console.log(`${(await gather(store.readAll({ after: START }))).length} events`)
  await store.close()
} catch (error) {
  console.log(error instanceof StoreError ? `${error.code}: ${error.message}` : String(error))
}
