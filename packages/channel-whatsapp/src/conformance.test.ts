import { checks, missingFor, runCheck, type Subject } from '@ramal/channel/conformance'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { NUMBER, request, SECRET, samples } from '../test/payloads.js'
import { whatsapp } from './adapter.js'

const subject: Subject = {
  open: (origin, timeout) =>
    whatsapp({
      appSecret: SECRET,
      verifyToken: 'the token of the address',
      accessToken: 'EAAB-the-access-token',
      numbers: [{ id: NUMBER }],
      baseUrl: origin,
      timeout,
    }),
  requests: samples.map((json) => request(json)),
  sending: {
    message: {
      message: 'ours-1',
      endpoint: NUMBER,
      to: { kind: 'wa_id', value: '5511987654321' },
      content: { kind: 'text', text: 'Bom dia' },
      sender: 'human',
    },
    accepted: {
      status: 200,
      body: '{"messaging_product":"whatsapp","contacts":[{"input":"5511987654321"}],"messages":[{"id":"wamid.OUT"}]}',
    },
  },
  secrets: [SECRET, 'the token of the address', 'EAAB-the-access-token'],
}

const test = suite('whatsapp keeps the contract of adapters')

for (const check of checks)
  test(
    check.name,
    async () => {
      assert.is(missingFor(check, subject), undefined)
      await runCheck(check, subject)
    },
    { timeout: 30_000 },
  )

test.run()
