import { id, shape } from '@ramal/channel'
import { finite } from '@ramal/core'
import * as t from 'io-ts'

export const ariChannel = shape(
  { id },
  {
    name: t.string,
    state: t.string,
    creationtime: t.string,
    caller: shape({}, { name: t.string, number: t.string }),
    connected: shape({}, { name: t.string, number: t.string }),
    dialplan: shape({}, { exten: t.string, app_name: t.string, app_data: t.string }),
  },
)
export type AriChannel = t.TypeOf<typeof ariChannel>

export const ariBridge = shape({ id }, { channels: t.array(t.string) })
export type AriBridge = t.TypeOf<typeof ariBridge>

/** Every event of ARI has a type; what else it has depends on that. What is wrong of it counts as absent. */
export const ariFrame = shape(
  { type: t.string },
  {
    timestamp: t.string,
    application: t.string,
    args: t.array(t.string),
    channel: ariChannel,
    /** Of `Dial`: the channel that is rung. */
    peer: ariChannel,
    replace_channel: ariChannel,
    bridge: ariBridge,
    dialstatus: t.string,
    cause: finite,
    cause_txt: t.string,
    soft: t.boolean,
    result: t.string,
    exten: t.string,
    destination_type: t.string,
    transferer_first_leg: ariChannel,
    transferer_second_leg: ariChannel,
    transfer_target: ariChannel,
    recording: shape({ name: id }, { target_uri: t.string, duration: finite }),
  },
)
export type AriFrame = t.TypeOf<typeof ariFrame>
