import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import type { ClusterInfo } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js'
import gossip from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js'
import type { SupportedMethods } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js'
import type { Empty } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js'
import type { Context } from './context.js'
import { features, uuidOf } from './wire.js'

interface Method {
  readonly service: string
  readonly name: string
  readonly features?: readonly string[]
  /** The first server that has it. */
  readonly since: readonly [number, number]
}

const STREAMS = 'event_store.client.streams.streams'
const STREAMS_2 = 'kurrentdb.protocol.v2.streams.streamsservice'

const methods: readonly Method[] = [
  { service: STREAMS, name: 'read', features: ['position'], since: [0, 0] },
  { service: STREAMS, name: 'append', since: [0, 0] },
  { service: STREAMS, name: 'delete', since: [0, 0] },
  { service: STREAMS, name: 'tombstone', since: [0, 0] },
  { service: STREAMS, name: 'batchappend', features: ['deadline_duration'], since: [21, 10] },
  { service: STREAMS_2, name: 'appendsession', since: [25, 1] },
  { service: STREAMS_2, name: 'appendrecords', since: [26, 1] },
]

/** Whether a server of this version has what came with another. */
export const isSince = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a > major || (a === major && b >= minor)
}

/** `ServerFeatures.GetSupportedMethods`: by this the client knows what it may call. */
export const supportedMethods =
  ({ version }: Context) =>
  (_: ServerUnaryCall<Empty, SupportedMethods>, answer: sendUnaryData<SupportedMethods>): void => {
    const supported = new features.SupportedMethods()
    supported.setEventStoreServerVersion(version)
    for (const method of methods.filter((m) => isSince(version, m.since))) {
      const one = new features.SupportedMethod()
      one.setServiceName(method.service)
      one.setMethodName(method.name)
      one.setFeaturesList([...(method.features ?? [])])
      supported.addMethods(one)
    }
    answer(null, supported)
  }

/** `Gossip.Read`: a cluster of one, whose leader is this node. */
export const readGossip =
  ({ port }: Context) =>
  (_: ServerUnaryCall<Empty, ClusterInfo>, answer: sendUnaryData<ClusterInfo>): void => {
    const endpoint = new gossip.EndPoint()
    endpoint.setAddress('127.0.0.1')
    endpoint.setPort(port())
    const member = new gossip.MemberInfo()
    member.setInstanceId(uuidOf('00000000-0000-4000-8000-000000000001'))
    member.setTimeStamp(String(Date.now()))
    member.setState(gossip.MemberInfo.VNodeState.LEADER)
    member.setIsAlive(true)
    member.setHttpEndPoint(endpoint)
    const cluster = new gossip.ClusterInfo()
    cluster.addMembers(member)
    answer(null, cluster)
  }
