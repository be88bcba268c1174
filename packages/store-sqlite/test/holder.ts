/** Holds a log open until it is killed. */
import { type DriverName, sqliteStore } from '../src/index.js'

const [file = '', driver] = process.argv.slice(2)
await sqliteStore(file, { driver: driver as DriverName })
process.send?.('open')
process.once('disconnect', () => process.exit(0))
