import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventStore, NewEvent, Page, Recorded, StreamName } from '@ramal/core'
import { freshId } from '@ramal/core'
import { checks, runCheck } from '@ramal/core/conformance'
import { startTestServer, type TestServer, type TestServerOptions } from '@ramal/kurrentdb-test-server'
import { suite } from '@ramal/testing'
import { type KurrentdbOptions, kurrentdbStore } from '../src/index.js'

/** A folder that is gone when the process ends. */
export const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ramal-kurrentdb-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Opens handles ahead of time: the native half of the client takes half a second to connect. */
const opener = (connectionString: string) => {
  const ready: Promise<EventStore>[] = []
  const fill = () => {
    while (ready.length < 3) ready.push(kurrentdbStore({ connectionString, silence: 500 }))
  }
  return {
    open: async (): Promise<EventStore> => {
      fill()
      const store = await ready.shift()!
      fill()
      return store
    },
    close: async () => {
      await Promise.all(ready.map(async (store) => (await store).close()))
    },
  }
}

/** The contract of a store as one suite, a test for each promise, against a server that is there. */
export const runContract = (title: string, start: () => Promise<string>, stop: () => Promise<void>): void => {
  const test = suite(title)
  let handles: ReturnType<typeof opener>
  test.before(async () => {
    handles = opener(await start())
  })
  test.after(async () => {
    await handles.close()
    await stop()
  })
  const open = () => handles.open()
  for (const check of checks)
    test(check.name, () => runCheck(check, { open, reopen: open, beside: open, quick: true }), {
      timeout: check.timeout ?? 30_000,
    })
  test.run()
}

/** A test server and a store on it, for as long as `body` takes. */
export const withStore = async (
  options: TestServerOptions & Omit<KurrentdbOptions, 'connectionString'>,
  body: (store: EventStore, server: TestServer) => Promise<void>,
): Promise<void> => {
  const { deadline, silence, ...rest } = options
  const server = await startTestServer(rest)
  try {
    const store = await kurrentdbStore({
      connectionString: server.connectionString(),
      ...(deadline === undefined ? {} : { deadline }),
      ...(silence === undefined ? {} : { silence }),
    })
    try {
      await body(store, server)
    } finally {
      await store.close()
    }
  } finally {
    await server.stop()
  }
}

export const eventOf = (data: unknown = {}, more: Partial<NewEvent> = {}): NewEvent => ({
  type: 'Noted',
  data,
  meta: {
    id: freshId(),
    at: 1_700_000_000_000,
    tenant: 't',
    correlationId: 'c',
    causationId: 'c',
    schemaVersion: 1,
  },
  ...more,
})

export const eventsOf = (count: number): NewEvent[] => Array.from({ length: count }, (_, i) => eventOf({ i }))

export const gather = async (pages: AsyncIterable<Page>): Promise<Recorded[]> => {
  const events: Recorded[] = []
  for await (const page of pages) events.push(...page.events)
  return events
}

export const readAllOf = (store: EventStore, stream: StreamName): Promise<Recorded[]> =>
  gather(store.read(stream))

/** The code with which something rejects; fails when it does not reject with a `StoreError`. */
export const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.name === 'StoreError')
      return `${String(error.code)}: ${error.message}`
    throw error
  }
  throw new Error('It was expected to be refused, and was not.')
}
