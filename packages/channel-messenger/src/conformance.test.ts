import type { ChannelAdapter } from '@ramal/channel'
import { checks, missingFor, runCheck, type Subject } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { PAGE, request, SECRET, samples } from '../test/payloads.js'
import { instagram, messenger } from './adapter.js'
import type { MessengerOptions } from './options.js'

const subjectOf = (
  make: (options: MessengerOptions) => ChannelAdapter,
  identifier: 'psid' | 'igsid',
  object: string,
): Subject => ({
  open: (baseUrl, timeout) =>
    make({
      appSecret: SECRET,
      verifyToken: 'the token of the address',
      pages: [{ id: PAGE, accessToken: 'EAAB-the-page-token' }],
      baseUrl,
      timeout,
    }),
  requests: samples.map((json) => request({ ...json, object })),
  sending: {
    message: {
      message: 'ours-1',
      endpoint: PAGE,
      to: { kind: identifier, scope: PAGE, value: '5678' },
      content: { kind: 'text', text: 'Bom dia' },
      sender: 'human',
    },
    accepted: { status: 200, body: '{"recipient_id":"5678","message_id":"m.OUT"}' },
  },
  secrets: [SECRET, 'the token of the address', 'EAAB-the-page-token'],
})

const test = suite('messenger and instagram keep the contract of adapters')

const subjects = [
  ['messenger', subjectOf(messenger, 'psid', 'page')],
  ['instagram', subjectOf(instagram, 'igsid', 'instagram')],
] as const

for (const [name, subject] of subjects)
  for (const check of checks)
    test(
      `${name}: ${check.name}`,
      async () => {
        assert.is(missingFor(check, subject), undefined)
        await runCheck(check, subject)
      },
      { timeout: 30_000 },
    )

test.run()
