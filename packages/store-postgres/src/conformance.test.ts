import { postgresBinaries } from '@ramal/postgres-test-server'
import { testContract } from '../test/contract.js'

const [newest] = postgresBinaries()
if (!newest) throw new Error('There is no PostgreSQL here: install the development dependencies.')
testContract(newest)
