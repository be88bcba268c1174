import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { runKillRounds } from '../test/kill-rounds.js'

const test = suite('a server that dies')

test(
  'twenty kills with -9: nothing that was acknowledged is lost, nothing is there twice, no subscriber skips',
  async () => {
    const seed = String(Date.now())
    console.log(`seed ${seed}`)
    const figures = await runKillRounds(20, seed)
    console.log(figures)
    assert.is(figures.rounds, 20)
    assert.ok(figures.acknowledged > 100)
    assert.is(figures.lost, 0)
    assert.is(figures.doubled, 0)
    assert.is(figures.skipped, 0)
  },
  { timeout: 120_000 },
)

test.run()
