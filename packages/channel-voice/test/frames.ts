/** Frames of ARI, written after what Asterisk 22 sends: one of each kind that is news about a call. */
const channel = (id: string, state: string, app_data: string) => ({
  id,
  name: 'PJSIP/customer-00000000',
  state,
  protocol_id: '1-89@127.0.0.1',
  caller: { name: 'Maria Souza', number: '+5511987654321' },
  connected: { name: '', number: '' },
  accountcode: '',
  dialplan: { context: 'inbound', exten: '551140028922', priority: 3, app_name: 'Stasis', app_data },
  creationtime: '2026-11-22T19:19:15.289+0000',
  language: 'en',
})

const base = {
  timestamp: '2026-11-22T19:19:15.289+0000',
  application: 'cc',
  asterisk_id: '00:00:00:00:00:00',
}
const call = '1795375155.0'
const customer = channel(call, 'Up', 'cc,inbound,551140028922')
const leg = channel(`ramal.leg1.${call}`, 'Up', 'cc,agent')
const rung = (name: string) => channel(`ramal.${name}.${call}`, 'Ringing', '(Outgoing Line)')

export const frames: readonly Readonly<Record<string, unknown>>[] = [
  { ...base, type: 'StasisStart', args: ['inbound', '551140028922'], channel: customer },
  { ...base, type: 'Dial', dialstatus: 'RINGING', forward: '', dialstring: 'agent1', peer: rung('leg1') },
  { ...base, type: 'StasisStart', args: ['agent'], channel: leg },
  {
    ...base,
    type: 'ChannelDestroyed',
    cause: 19,
    cause_txt: 'User alerting, no answer',
    channel: rung('leg2'),
  },
  { ...base, type: 'ChannelHold', musicclass: 'default', channel: leg },
  { ...base, type: 'ChannelUnhold', channel: leg },
  { ...base, type: 'StasisEnd', channel: customer },
  {
    ...base,
    type: 'BridgeAttendedTransfer',
    transferer_first_leg: channel('ramal.leg3.1795375155.1', 'Up', 'cc,agent'),
    transferer_second_leg: channel('1795375155.9', 'Up', ''),
    transfer_target: channel('1795375155.10', 'Up', ''),
    result: 'Success',
    is_external: true,
    destination_type: 'bridge',
  },
  {
    ...base,
    type: 'BridgeBlindTransfer',
    channel: channel('ramal.leg4.1795375155.2', 'Up', 'cc,agent'),
    exten: '2002',
    context: 'agents',
    result: 'Success',
    is_external: true,
  },
  {
    ...base,
    type: 'RecordingFinished',
    recording: {
      name: 'ramal-leg1',
      format: 'wav',
      state: 'done',
      target_uri: `bridge:ramal.talk.${call}`,
      duration: 7,
    },
  },
]
