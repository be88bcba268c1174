import { suite } from '@ramal/testing'
import { testContract } from '../test/contract.js'
import { sqliteStore } from './index.js'

const test = suite('sqlite conformance')

testContract(test, sqliteStore, false)

test.run()
