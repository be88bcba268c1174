import type { ChannelEvent } from '@ramal/channel'

/**
 * What is heard on standby, while another application of the same account answers: what a customer says is said to
 * that one. What it says itself is a sign that it has the thread; what becomes of that later is none.
 * @param key under which that sign is told
 */
export const heardOnStandby = (event: ChannelEvent, key: string): readonly ChannelEvent[] => {
  if (event.kind === 'message') return [{ ...event, elsewhere: true }]
  if (event.kind !== 'echo') return [event]
  const { at, endpoint, peer } = event
  return [{ dedupeKey: key, at, endpoint, peer, kind: 'threadControl', owner: 'other' }, event]
}
