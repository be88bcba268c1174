import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { mediaUntil } from './media-until.js'

const test = suite('how long an address of a file holds')

const NOW = Date.UTC(2026, 10, 23)
const HOUR = 3_600_000
const WEEK = 7 * 86_400_000
const seconds = (at: number) => Math.floor(at / 1000)

test('what the address says of itself, in hexadecimal or decimal seconds', () => {
  const at = NOW + 5 * HOUR
  assert.is(
    mediaUntil(`https://x.fbcdn.net/v/a.jpg?oh=00_A&oe=${seconds(at).toString(16).toUpperCase()}`, NOW),
    at,
  )
  assert.is(mediaUntil(`https://lookaside.fbsbx.com/whatsapp?ext=${seconds(at)}&hash=AT`, NOW), at)
})

test('a week where it says nothing, nothing sensible, or more', () => {
  for (const address of [
    'https://x.fbcdn.net/a.jpg',
    'not an address',
    'https://x.fbcdn.net/a.jpg?oe=zzzzzzzz',
    `https://x.fbcdn.net/a.jpg?oe=${seconds(NOW - HOUR).toString(16)}`,
    `https://x.fbcdn.net/a.jpg?ext=${seconds(NOW + 2 * WEEK)}`,
  ])
    assert.is(mediaUntil(address, NOW), NOW + WEEK, address)
})

test.run()
