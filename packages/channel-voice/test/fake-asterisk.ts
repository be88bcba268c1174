import { APP, openLine } from './fake-asterisk-line.js'

export const OURS = '551140028922'

/** What a phone does when it is rung. */
export type Phone = 'answers' | 'busy' | 'rings' | 'absent'

interface Channel {
  readonly id: string
  readonly name: string
  state: string
  readonly caller: { readonly name: string; readonly number: string }
  readonly app_data: string
  readonly creationtime: string
}

const stamp = () => new Date().toISOString().replace('Z', '+0000')

/**
 * A little Asterisk on loopback: channels, bridges and the event socket of ARI, with frames in the shapes that
 * version 22 sends. Nothing that happens while nobody listens is repeated.
 */
export const fakeAsterisk = async () => {
  const channels = new Map<string, Channel>()
  const bridges = new Map<string, { readonly type: string; readonly channels: Set<string>; music: boolean }>()
  const phones = new Map<string, Phone>()
  const appArgs = new Map<string, string>()
  /** Asterisk remembers the names of bridges that are gone, for a while. */
  const gone = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  let sequence = 0

  const shown = (channel: Channel) => ({
    id: channel.id,
    name: channel.name,
    state: channel.state,
    protocol_id: '1-89@127.0.0.1',
    caller: channel.caller,
    connected: { name: '', number: '' },
    accountcode: '',
    dialplan: {
      context: 'inbound',
      exten: OURS,
      priority: 3,
      app_name: channel.app_data ? 'Stasis' : 'AppDial2',
      app_data: channel.app_data || '(Outgoing Line)',
    },
    creationtime: channel.creationtime,
    language: 'en',
  })
  const bridgeShown = (id: string) => {
    const { type = 'mixing', channels: inside = [] } = bridges.get(id) ?? {}
    const bridge_class = 'stasis'
    return { id, technology: 'simple_bridge', bridge_type: type, bridge_class, channels: [...inside] }
  }
  const send = (frame: object) => {
    const text = JSON.stringify({
      timestamp: stamp(),
      asterisk_id: '00:00:00:00:00:00',
      application: APP,
      ...frame,
    })
    line.tell(text)
  }
  const later = (ms: number, task: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      task()
    }, ms)
    timers.add(timer)
  }

  const leave = (channel: Channel, only?: string) => {
    for (const [id, bridge] of bridges)
      if ((only ?? id) === id && bridge.channels.delete(channel.id))
        send({ type: 'ChannelLeftBridge', bridge: bridgeShown(id), channel: shown(channel) })
  }
  const enter = (id: string, channel: Channel) => {
    if (bridges.get(id)?.channels.has(channel.id)) return
    leave(channel)
    bridges.get(id)?.channels.add(channel.id)
    send({ type: 'ChannelEnteredBridge', bridge: bridgeShown(id), channel: shown(channel) })
  }
  /** As when somebody hangs up: `soft` when it is done for them. */
  const end = (id: string, how: { readonly soft?: boolean; readonly cause?: number } = {}) => {
    const channel = channels.get(id)
    if (!channel) return
    const { soft, cause = 16 } = how
    send({ type: 'ChannelHangupRequest', ...(soft ? { soft, cause: 32 } : {}), channel: shown(channel) })
    leave(channel)
    channels.delete(id)
    // In the mode of one application a customer's channel is not told to be destroyed.
    if (channel.app_data) send({ type: 'StasisEnd', channel: shown(channel) })
    else send({ type: 'ChannelDestroyed', cause, cause_txt: 'Normal Clearing', channel: shown(channel) })
  }

  const originate = (parameters: URLSearchParams): readonly [number, object] => {
    const address = parameters.get('endpoint') ?? ''
    const id = parameters.get('channelId') ?? ''
    const phone = phones.get(address)
    if (channels.has(id)) return [409, { message: 'Channel with given unique ID already exists' }]
    if (phone === undefined || phone === 'absent') return [500, { message: 'Allocation failed' }]
    const channel: Channel = {
      id,
      name: `${address}-00000001`,
      state: 'Ringing',
      caller: { name: '', number: parameters.get('callerId') ?? '' },
      app_data: '',
      creationtime: stamp(),
    }
    channels.set(id, channel)
    appArgs.set(id, parameters.get('appArgs') ?? '')
    send({ type: 'Dial', dialstatus: '', forward: '', dialstring: address, peer: shown(channel) })
    if (phone === 'busy') {
      later(5, () => {
        send({ type: 'Dial', dialstatus: 'BUSY', forward: '', dialstring: address, peer: shown(channel) })
        end(id, { cause: 17 })
      })
      return [200, shown(channel)]
    }
    send({ type: 'Dial', dialstatus: 'RINGING', forward: '', dialstring: address, peer: shown(channel) })
    later(Number(parameters.get('timeout')) * 1000, () => {
      if (channels.get(id)?.state === 'Ringing') end(id, { cause: 19, soft: true })
    })
    if (phone === 'answers') later(20, () => pickUp(id))
    return [200, shown(channel)]
  }

  const pickUp = (id: string) => {
    const ringing = channels.get(id)
    if (!ringing) return
    const channel = { ...ringing, state: 'Up', app_data: `${APP},${appArgs.get(id)}` }
    channels.set(id, channel)
    send({ type: 'Dial', dialstatus: 'ANSWER', forward: '', dialstring: '', peer: shown(channel) })
    send({ type: 'StasisStart', args: (appArgs.get(id) ?? '').split(','), channel: shown(channel) })
  }

  const onChannel = (
    method: string,
    id: string,
    verb: string | undefined,
    parameters: URLSearchParams,
  ): readonly [number, object?] => {
    const channel = channels.get(id)
    if (!channel) return [404, { message: 'Channel not found' }]
    if (method === 'GET') return [200, shown(channel)]
    if (verb === 'ring') return [204]
    if (method === 'DELETE') {
      end(id, { soft: true })
      return [204]
    }
    if (verb === 'answer' && channel.state !== 'Up') {
      channel.state = 'Up'
      send({ type: 'ChannelStateChange', channel: shown(channel) })
    }
    if (verb === 'continue') {
      leave(channel)
      channels.delete(id)
      send({ type: 'StasisEnd', channel: shown(channel) })
      if (!parameters.get('context')) return [400]
    }
    return [204]
  }

  const onBridge = (
    method: string,
    id: string,
    verb: string | undefined,
    parameters: URLSearchParams,
  ): readonly [number, object?] => {
    const bridge = bridges.get(id)
    if (method === 'POST' && verb === undefined) {
      if (bridge || gone.has(id)) return [409, { message: 'Bridge with id already exists' }]
      bridges.set(id, { type: parameters.get('type') ?? 'mixing', channels: new Set(), music: false })
      return [200, bridgeShown(id)]
    }
    if (!bridge) return [404, { message: 'Bridge not found' }]
    if (method === 'GET') return [200, bridgeShown(id)]
    if (method === 'DELETE') {
      for (const inside of [...bridge.channels]) leave(channels.get(inside)!, id)
      bridges.delete(id)
      gone.add(id)
      return [204]
    }
    if (verb === 'moh') bridge.music = true
    if (verb === 'record') {
      const recording = {
        name: parameters.get('name'),
        format: 'wav',
        state: 'recording',
        target_uri: `bridge:${id}`,
      }
      send({ type: 'RecordingStarted', recording })
      return [201, recording]
    }
    if (verb === 'addChannel') {
      const channel = channels.get(parameters.get('channel') ?? '')
      if (!channel) return [400, { message: 'Channel not found' }]
      if (!channel.app_data) return [422, { message: 'Channel not in Stasis application' }]
      enter(id, channel)
    }
    return [204]
  }

  const answer = (method: string, url: URL): readonly [number, object?] => {
    const [, , collection, id, verb] = url.pathname.split('/').map(decodeURIComponent)
    if (collection === 'channels' && id === undefined)
      return method === 'POST' ? originate(url.searchParams) : [200, [...channels.values()].map(shown)]
    if (collection === 'bridges' && id === undefined) return [200, [...bridges.keys()].map(bridgeShown)]
    if (collection === 'channels') return onChannel(method, id!, verb, url.searchParams)
    if (collection === 'applications') return [200, {}]
    return collection === 'bridges' ? onBridge(method, id!, verb, url.searchParams) : [404]
  }

  const line = await openLine(answer)

  return {
    ...line,
    phones,
    channels,
    bridges,
    send,
    end,
    pickUp,
    enter: (bridge: string, channel: string) => enter(bridge, channels.get(channel)!),
    /** A customer calls. Gives the call's name. */
    ring(number = '+5511987654321', name = 'Maria Souza', args = ['inbound', OURS]) {
      const channel: Channel = {
        id: `1795375155.${sequence++}`,
        name: 'PJSIP/customer-00000000',
        state: 'Ring',
        caller: { name, number },
        app_data: [APP, ...args].join(','),
        creationtime: stamp(),
      }
      channels.set(channel.id, channel)
      send({ type: 'StasisStart', args, channel: shown(channel) })
      return channel.id
    },
    shown: (id: string) => shown(channels.get(id)!),
    replace() {
      send({ type: 'ApplicationReplaced' })
    },
    async close() {
      for (const timer of timers) clearTimeout(timer)
      await line.close()
    },
  }
}

export type FakeAsterisk = Awaited<ReturnType<typeof fakeAsterisk>>
