import type { FaultClass, OutboundMessage } from '@ramal/channel'
import { hashOf } from '@ramal/core'
import { digitsOf } from './number.js'
import { segmentsOf, splitSegments } from './segments.js'
import { smppValidity } from './validity.js'

/** Type of number and numbering plan. Source: SMPP 3.4, 5.2.5 and 5.2.6. */
const kindOf = (number: string): { readonly ton: number; readonly npi: number } =>
  number.startsWith('+')
    ? { ton: 1, npi: 1 }
    : /^\d+$/.test(number)
      ? { ton: number.length <= 6 ? 3 : 2, npi: 1 }
      : { ton: 5, npi: 0 }

const UCS2 = 8

/** The header of a part: reference, number of parts, which one. */
const headerOf = (reference: number, total: number, part: number): Buffer =>
  Buffer.from([5, 0x00, 3, reference, total, part])

/** As many `submit_sm` as the text has segments. Only the last asks for a receipt: it comes when all is there. */
export const submitsOf = (
  message: OutboundMessage,
  text: string,
): readonly Readonly<Record<string, unknown>>[] => {
  const parts = splitSegments(text)
  const reference = Number.parseInt(hashOf(message.message).slice(0, 2), 16)
  const validity = smppValidity(message)
  const [source, destination] = [kindOf(message.endpoint), kindOf(message.to.value)]
  return parts.map((part, i) => ({
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: digitsOf(message.endpoint),
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    destination_addr: digitsOf(message.to.value),
    data_coding: segmentsOf(text).encoding === 'UCS-2' ? UCS2 : 0,
    registered_delivery: i === parts.length - 1 ? 1 : 0,
    ...(validity === undefined ? {} : { validity_period: validity }),
    short_message:
      parts.length === 1
        ? { message: part }
        : { udh: headerOf(reference, parts.length, i + 1), message: part },
  }))
}

/** What to do about a `command_status`. Source: SMPP 3.4, 5.1.3. */
export const smppFault = (status: number): FaultClass => {
  switch (status) {
    case 0x08: // system error
    case 0x14: // message queue full
    case 0x58: // throttled
    case 0x64: // temporary error of the application
      return 'retry'
    case 0x0b: // invalid destination
    case 0x33: // invalid number of destinations
    case 0x34:
    case 0x50: // invalid type of destination
      return 'recipient'
    case 0x01: // invalid length
    case 0x61: // invalid scheduled time
    case 0x62: // invalid validity
    case 0x65: // rejected by the application
      return 'content'
    default:
      return 'channel'
  }
}
