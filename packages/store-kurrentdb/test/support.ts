import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventStore, NewEvent, Page, Recorded, StreamName } from '@ramal/core'
import { freshId } from '@ramal/core'
import { checks, runCheck } from '@ramal/core/conformance'
import { startTestServer, type TestServer, type TestServerOptions } from '@ramal/kurrentdb-test-server'
import { suite } from '@ramal/testing'
import { type KurrentdbOptions, kurrentdbStore } from '../src/index.js'
import { startProxy } from './proxy.js'

/** A folder that is gone when the process ends. */
export const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ramal-kurrentdb-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Opens handles ahead of time: the native half of the client takes half a second to connect. */
const opener = (connectionString: string) => {
  const ready: Promise<EventStore>[] = []
  const openOne = () => kurrentdbStore({ connectionString, silence: 500 })
  const fill = () => {
    while (ready.length < 3) {
      const one = openOne()
      // Broken on purpose while it was opened ahead: nobody's fault, another will do.
      one.catch(() => {})
      ready.push(one)
    }
  }
  return {
    open: async (): Promise<EventStore> => {
      fill()
      const store = await ready.shift()!.catch(openOne)
      fill()
      return store
    },
    close: async () => {
      await Promise.all(ready.map((one) => one.then((store) => store.close()).catch(() => {})))
    },
  }
}

export interface ContractServer {
  readonly connectionString: string
  /** Breaks every connection; left out where that cannot be done. */
  readonly disturb?: () => Promise<void>
  stop(): Promise<void>
}

/** The contract of a store as one suite, a test for each promise. */
export const runContract = (
  title: string,
  { canDisturb }: { readonly canDisturb: boolean },
  start: () => Promise<ContractServer>,
): void => {
  const test = suite(title)
  let server: ContractServer
  let handles: ReturnType<typeof opener>
  test.before(async () => {
    server = await start()
    handles = opener(server.connectionString)
  })
  test.after(async () => {
    await handles.close()
    await server.stop()
  })
  const open = () => handles.open()
  const options = { open, reopen: open, beside: open, quick: true }
  for (const check of checks) {
    const body = () => runCheck(check, { ...options, ...(server.disturb ? { disturb: server.disturb } : {}) })
    const bounds = { timeout: check.timeout ?? 30_000 }
    if (check.needs === 'disturb' && !canDisturb) test.skip(check.name, body, bounds)
    else test(check.name, body, bounds)
  }
  test.run()
}

/** The contract on a test server, behind a proxy that can break connections. */
export const runContractOnTestServer = (
  title: string,
  start: () => Promise<{ server: TestServer; urlAt(port: number): string; stop?(): Promise<void> }>,
): void =>
  runContract(title, { canDisturb: true }, async () => {
    const { server, urlAt, stop } = await start()
    const proxy = await startProxy(server.port)
    return {
      connectionString: urlAt(proxy.port),
      disturb: proxy.disturb,
      async stop() {
        await proxy.close()
        await server.stop()
        await stop?.()
      },
    }
  })

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
