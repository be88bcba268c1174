import { postgresBinaries } from '@ramal/postgres-test-server'
import { testContract } from '../test/contract.js'

for (const binaries of postgresBinaries().slice(1)) testContract(binaries)
