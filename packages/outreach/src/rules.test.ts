import { suite } from '@ramal/testing'
import * as E from 'fp-ts/lib/Either.js'
import * as assert from 'uvu/assert'
import { parseSendingRules } from './index.js'

const test = suite('sending rules as data')

test('rules from outside: what is wrong is said with its path', () => {
  const faults = (input: unknown): string => {
    const parsed = parseSendingRules(input)
    return E.isLeft(parsed) ? parsed.left.faults.join('\n') : ''
  }
  assert.is(faults({}), '')
  assert.is(faults({ $schema: './sending-rules.schema.json' }), '')
  assert.match(faults({ $schema: 5 }), /\$schema/)
  assert.match(faults({ qiet: 1 }), /qiet: there is no such field/)
  assert.match(
    faults({ purposes: { marketing: { consent: 'yes' } } }),
    /purposes\.marketing\.consent: expected "optIn"/,
  )
  assert.match(
    faults({ quietHours: { zone: 'Mars/Olympus', periods: [] } }),
    /quietHours\.zone: expected the name of a time zone/,
  )
  assert.match(
    faults({ quietHours: { zone: 'UTC', periods: [{ from: '8', to: '9' }] } }),
    /periods\[0\]\.from/,
  )
  assert.match(
    faults({ quietHours: { zone: 'UTC', periods: [{ from: '08:00', to: '08:00' }] } }),
    /it ends when it begins/,
  )
  assert.match(
    faults({ quietHours: { zone: 'UTC', periods: [{ from: '00:00', to: '24:00' }] } }),
    /leave no time/,
  )
  assert.match(faults({ caps: [{ most: 1, per: 0 }] }), /caps\[0\]\.per/)
  assert.match(faults({ keywords: { stop: ['Voltar!'] } }), /both stops and starts/)
  assert.match(
    faults({ keywordsOn: { sms: { start: ['!?'] } } }),
    /keywordsOn\.sms: "!\?" has neither letters nor digits/,
  )
})

test.run()
