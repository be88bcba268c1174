import { MAX_EVENT_SIZE } from '@ramal/core'
import type fc from 'fast-check'
import type { ChannelAdapter } from '../adapter.js'
import type { RawRequest } from '../request.js'
import { BrokenContract, type Check, ensure, NOWHERE, type Settings, type Subject } from './check.js'
import { ensureAllValid } from './valid.js'

type FastCheck = typeof fc

/** fast-check is an optional peer: only these checks need it, and they say so. */
const loadFastCheck = async (): Promise<FastCheck> => {
  try {
    return (await import('fast-check')).default
  } catch {
    throw new BrokenContract('These checks draw by lot: install fast-check.')
  }
}

/** A body of a few kilobytes takes a millisecond; a second says that the time grows faster than the body. */
const PATIENCE = 2_000

const survive = (adapter: ChannelAdapter, request: RawRequest, body: Uint8Array): void => {
  const began = performance.now()
  const events = ensureAllValid(adapter.decode({ ...request, body }, 1_700_000_000_000), 'a drawn body')
  const took = performance.now() - began
  ensure(took < PATIENCE, `A body of ${body.length} bytes took ${Math.round(took)} ms.`)
  ensure(
    body.length === 0 || events.every(({ dedupeKey }) => dedupeKey.length < 10_000 + body.length),
    'A dedupe key is longer than what it was made of.',
  )
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value) ?? '')

/** Every place in a value, as the way there. */
const placesIn = (value: unknown, way: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? [way, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...way, key]))]
    : [way]

/** A copy with what stands at a place changed; undefined takes it away. */
const changed = (value: unknown, way: readonly string[], to: (before: unknown) => unknown): unknown => {
  const [key, ...rest] = way
  if (key === undefined) return to(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return value.map((inner, i) => (String(i) === key ? changed(inner, rest, to) : inner))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === key ? changed(inner, rest, to) : inner]),
  )
}

/** What breaks code that believes what it is told. */
const nasty: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, -0, '', ' ', '\0', '\ud800', '__proto__', 'constructor', 'toString'],
  ...[
    [],
    {},
    [[]],
    [null],
    { length: 3 },
    { toString: 1 },
    '9'.repeat(400),
    'x'.repeat(5_000),
    8.64e15,
    1e15,
  ],
]

const samplesOf = ({ requests }: Subject): readonly [RawRequest, ...RawRequest[]] => {
  const [first, ...rest] = requests
  ensure(first !== undefined, 'The subject names no request.')
  return [first, ...rest]
}

/** Runs `body` on bodies that `draw` makes; a failure names the seed and the smallest body that fails. */
const drawn =
  (draw: (f: FastCheck, subject: Subject) => fc.Arbitrary<Uint8Array>): Check['run'] =>
  async (subject: Subject, { seed, rounds }: Settings) => {
    const f = await loadFastCheck()
    const adapter = subject.open(NOWHERE, 100)
    const [sample] = samplesOf(subject)
    f.assert(
      f.property(draw(f, subject), (body) => survive(adapter, sample, body)),
      { seed, numRuns: rounds },
    )
  }

const utf16 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf16le'))

export const fuzzing: readonly Check[] = [
  { name: 'any bytes are decoded', run: drawn((f) => f.uint8Array({ maxLength: 2_000 })) },
  {
    name: 'any JSON is decoded',
    run: drawn((f) => f.json({ maxDepth: 6 }).map((text) => Buffer.from(text))),
  },
  {
    name: 'a real body cut anywhere is decoded',
    run: drawn((f, subject) =>
      f
        .tuple(f.constantFrom(...samplesOf(subject)), f.double({ min: 0, max: 1, noNaN: true }))
        .map(([{ body }, part]) => body.subarray(0, Math.floor(body.length * part))),
    ),
  },
  {
    name: 'a real body with other values in it is decoded',
    run: async (subject, settings) => {
      if (subject.json === false) return
      await drawn((f) => {
        const bodies = samplesOf(subject).map(({ body }): unknown =>
          JSON.parse(new TextDecoder().decode(body)),
        )
        return f
          .tuple(
            f.constantFrom(...bodies),
            f.array(
              f.tuple(f.nat(), f.oneof(f.constantFrom(...nasty, undefined), f.jsonValue({ maxDepth: 2 }))),
              {
                minLength: 1,
                maxLength: 4,
              },
            ),
          )
          .map(([body, changes]) =>
            encode(
              changes.reduce<unknown>((value, [place, to]) => {
                const places = placesIn(value)
                return changed(value, places[place % places.length] ?? [], () => to)
              }, body),
            ),
          )
      })(subject, settings)
    },
  },
  {
    name: 'a real body in a wrong encoding is decoded',
    run: (subject) => {
      const adapter = subject.open(NOWHERE, 100)
      for (const request of samplesOf(subject)) {
        const text = new TextDecoder().decode(request.body)
        const bodies = [
          utf16(text),
          new Uint8Array(Buffer.from(text.replaceAll(/[a-z]{4}/g, '\u00e9'), 'latin1')),
          new Uint8Array([0xef, 0xbb, 0xbf, ...request.body]),
          Buffer.concat([request.body, request.body]),
          new Uint8Array(0),
        ]
        for (const body of bodies) survive(adapter, request, body)
      }
    },
  },
  {
    name: 'a body of great depth or length is decoded',
    run: (subject) => {
      const adapter = subject.open(NOWHERE, 100)
      const deep = '['.repeat(200_000) + ']'.repeat(200_000)
      const long = JSON.stringify('z'.repeat(MAX_EVENT_SIZE))
      const samples = samplesOf(subject)
      for (const request of samples) {
        const text = new TextDecoder().decode(request.body)
        survive(adapter, request, Buffer.from(deep))
        const holders = stretched(text, long)
        // Some of each: a body of a megabyte takes its time.
        const step = Math.max(1, Math.floor((holders.length * samples.length) / 40))
        for (let i = 0; i < holders.length; i += step)
          survive(adapter, request, Buffer.from(holders[i] ?? ''))
        survive(adapter, request, Buffer.from(text.replace(/"[^"]*"(?=[,}\]])/, () => deep)))
      }
    },
  },
]

/** The text with each of its JSON strings in turn made long: ids, names, what was said. */
const stretched = (text: string, long: string): readonly string[] => {
  const strings = [...text.matchAll(/:\s*("(?:[^"\\]|\\.)*")(?=\s*[,}\]])/g)]
  return strings.map((match) => {
    const at = match.index + match[0].length - (match[1] ?? '').length
    return text.slice(0, at) + long + text.slice(at + (match[1] ?? '').length)
  })
}
