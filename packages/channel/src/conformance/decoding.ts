import { isDeepStrictEqual } from 'node:util'
import { type Check, ensure, NOWHERE } from './check.js'
import { ensureAllValid } from './valid.js'

const NOW = 1_700_000_000_000

export const decoding: readonly Check[] = [
  {
    name: 'an adapter describes itself',
    run: (subject) => {
      const { channel, id, endpoints } = subject.open(NOWHERE, 100)
      ensure(channel.length > 0, 'The channel has no name.')
      ensure(/^[a-z0-9][a-z0-9._-]*$/.test(id), `"${id}" is no good part of an address.`)
      ensure(endpoints.length > 0, 'There is no endpoint.')
      ensure(new Set(endpoints.map((e) => e.id)).size === endpoints.length, 'Two endpoints have one id.')
      for (const endpoint of endpoints)
        ensure(endpoint.capabilities.maxText > 0, `Endpoint ${endpoint.id} takes no text.`)
    },
  },
  {
    name: 'every request reports something valid',
    run: (subject) => {
      const adapter = subject.open(NOWHERE, 100)
      for (const [i, request] of subject.requests.entries()) {
        const events = ensureAllValid(adapter.decode(request, NOW), `request ${i}`)
        ensure(events.length > 0, `Request ${i} reported nothing, and nothing was kept of it.`)
        ensure(
          events.some(({ kind }) => kind !== 'unrecognised'),
          `Request ${i} was not recognised: ${JSON.stringify(events).slice(0, 300)}`,
        )
      }
    },
  },
  {
    name: 'the same request gives the same facts, whenever it comes',
    run: (subject) => {
      for (const [i, request] of subject.requests.entries()) {
        const first = subject.open(NOWHERE, 100).decode(request, NOW)
        const again = subject.open(NOWHERE, 100).decode(request, NOW)
        ensure(isDeepStrictEqual(first, again), `Request ${i} decoded twice gave two results.`)
        const later = subject.open(NOWHERE, 100).decode(request, NOW + 86_400_000)
        ensure(
          isDeepStrictEqual(
            later.map(({ dedupeKey }) => dedupeKey),
            first.map(({ dedupeKey }) => dedupeKey),
          ),
          `Request ${i}, delivered again a day later, has other dedupe keys.`,
        )
      }
    },
  },
  {
    name: 'two facts have two dedupe keys',
    run: (subject) => {
      const adapter = subject.open(NOWHERE, 100)
      const seen = new Map<string, number>()
      for (const [i, request] of subject.requests.entries())
        for (const { dedupeKey } of adapter.decode(request, NOW)) {
          const before = seen.get(dedupeKey)
          ensure(before === undefined, `Requests ${before} and ${i} share the dedupe key ${dedupeKey}.`)
          seen.set(dedupeKey, i)
        }
    },
  },
  {
    name: 'no event holds a secret',
    run: (subject) => {
      const adapter = subject.open(NOWHERE, 100)
      for (const [i, request] of subject.requests.entries())
        for (const [what, body] of [
          ['as it comes', request.body],
          ['cut in the middle', request.body.subarray(0, request.body.length >> 1)],
          ['without a body', new Uint8Array()],
        ] as const) {
          const json = JSON.stringify(adapter.decode({ ...request, body }, NOW))
          for (const [n, secret] of subject.secrets.entries())
            ensure(
              !json.includes(secret),
              `Request ${i}, ${what}, made an event that holds secret ${n} of the options: ${json.split(secret).join('[HERE]').slice(0, 300)}`,
            )
        }
    },
  },
]
