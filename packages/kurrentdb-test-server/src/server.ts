import { Server, ServerCredentials } from '@grpc/grpc-js'
import gossipService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js'
import featuresService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js'
import streamsService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js'
import streamsService2 from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_grpc_pb.js'
import { append, batchAppend } from './append.js'
import type { Certificate } from './certificate.js'
import type { Context } from './context.js'
import { type Faults, faultDesk } from './faults.js'
import type { Login } from './gate.js'
import { fileJournal, memoryJournal } from './journal.js'
import { openLog } from './log.js'
import { appendRecords, appendSession } from './multi-append.js'
import { isSince, readGossip, supportedMethods } from './node.js'
import type { Quirk } from './quirk.js'
import { read } from './read.js'
import { deleteStream, tombstone } from './remove.js'

export interface TestServerOptions {
  /** The file that keeps the log. Default: in memory. */
  readonly file?: string
  /** Default: one that is free. */
  readonly port?: number
  /** Serves TLS with this certificate. Default: plain text. */
  readonly tls?: Pick<Certificate, 'cert' | 'key'>
  /** Refuses every call without this login. The official client sends none without TLS. */
  readonly login?: Login
  /** What it says it is; it offers what a server of that version does. Default `26.1.0`. */
  readonly version?: string
  /** In bytes. Default 1 MiB, as the real server's. */
  readonly maxAppendSize?: number
  /** Of how many events the ids are remembered, for appends that expect no revision. Default 1,000. */
  readonly remembered?: number
  /** A live subscription that is further behind is told so. Default 100. */
  readonly liveBuffer?: number
  /** Ways in which it shall be broken. */
  readonly quirks?: readonly Quirk[]
}

export interface TestServer {
  readonly port: number
  readonly faults: Faults
  /** Such as `kurrentdb://127.0.0.1:2113?tls=false`. */
  connectionString(options?: Readonly<Record<string, string>>): string
  /** How many events all subscriptions together have sent, taken or on their way. */
  sentEvents(): number
  /** Breaks every connection at once and stops. */
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const MAX_MESSAGE = 64 * 1024 * 1024

/** Starts a test server on the loopback address. */
export const startTestServer = async (options: TestServerOptions = {}): Promise<TestServer> => {
  const quirks = new Set(options.quirks ?? [])
  const faults = faultDesk()
  const log = openLog({
    journal: options.file ? fileJournal(options.file) : memoryJournal(),
    quirks,
    ...(options.remembered === undefined ? {} : { remembered: options.remembered }),
  })
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE })
  let port = 0
  const context: Context = {
    log,
    faults,
    quirks,
    login: options.login,
    maxAppendSize: options.maxAppendSize ?? 1024 * 1024,
    version: options.version ?? '26.1.0',
    liveBuffer: options.liveBuffer ?? 100,
    port: () => port,
  }
  server.addService(featuresService.ServerFeaturesService, { getSupportedMethods: supportedMethods(context) })
  server.addService(gossipService.GossipService, { read: readGossip(context) })
  server.addService(streamsService.StreamsService, {
    read: read(context),
    append: append(context),
    batchAppend: batchAppend(context),
    delete: deleteStream(context),
    tombstone: tombstone(context),
  })
  if (isSince(context.version, [25, 1]))
    server.addService(streamsService2.StreamsServiceService, {
      appendSession: appendSession(context),
      appendRecords: appendRecords(context),
    })
  const credentials = options.tls
    ? ServerCredentials.createSsl(null, [
        { cert_chain: Buffer.from(options.tls.cert), private_key: Buffer.from(options.tls.key) },
      ])
    : ServerCredentials.createInsecure()
  port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${HOST}:${options.port ?? 0}`, credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  let stopped = false
  return {
    port,
    faults,
    sentEvents: () => faults.sent(),
    connectionString(extra = {}) {
      const login = options.login
        ? `${encodeURIComponent(options.login.username)}:${encodeURIComponent(options.login.password)}@`
        : ''
      const query = Object.entries({ tls: String(options.tls !== undefined), ...extra })
      return `kurrentdb://${login}${HOST}:${port}?${query.map(([k, v]) => `${k}=${v}`).join('&')}`
    },
    async stop() {
      if (stopped) return
      stopped = true
      server.forceShutdown()
      log.close()
    },
  }
}
