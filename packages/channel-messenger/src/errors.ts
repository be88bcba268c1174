import type { FaultClass } from '@ramal/channel'
import type { GraphError } from '@ramal/channel-meta'

/** By `code/subcode`, which is asked first, and by `code`. */
const classes: ReadonlyMap<string, FaultClass> = new Map<string, FaultClass>([
  ['10/2018278', 'window'],
  ['10/2018065', 'window'],
  ['10/2534022', 'window'],
  ['551', 'recipient'],
  ['10/2018108', 'recipient'],
  ['100/2018001', 'recipient'],
  ['100/2534014', 'recipient'],
  ['200/1545041', 'recipient'],
  ['-1', 'retry'],
  ['1', 'retry'],
  ['2', 'retry'],
  ['4', 'retry'],
  ['17', 'retry'],
  ['32', 'retry'],
  ['613', 'retry'],
  ['1200', 'retry'],
  ['80006', 'retry'],
  ['100', 'content'],
  ['10', 'channel'],
  ['190', 'channel'],
  ['200', 'channel'],
  ['368', 'channel'],
])

/** What to do about an error of the Send API. Source: Meta's list of error codes, and what others have met. */
export const classify = ({ code, subcode }: GraphError): FaultClass | undefined =>
  classes.get(`${code}/${subcode}`) ?? classes.get(String(code))
