import { type ChannelEvent, isObject } from '@ramal/channel'
import type { Delivery } from '@ramal/conversation'
import type { Instant } from '@ramal/core'
import { lookup } from './lookup.js'
import type { Reporter } from './report.js'

type Fields = Readonly<Record<string, unknown>>

/** ESM class bits 2 to 5: a delivery receipt of the SMSC, or how far it has come so far. Source: SMPP 3.4, 5.2.12. */
const MESSAGE_TYPE = 0b0011_1100
const RECEIPTS: ReadonlySet<number> = new Set([0b0000_0100, 0b0010_0000])

/** In seven letters as the standard has them, and as some centres write them out. */
const deliveries: Readonly<Record<string, Delivery>> = {
  SCHEDULED: 'sent',
  ENROUTE: 'sent',
  BUFFERED: 'sent',
  ACCEPTD: 'sent',
  ACCEPTED: 'sent',
  DELIVRD: 'delivered',
  DELIVERED: 'delivered',
  EXPIRED: 'failed',
  DELETED: 'failed',
  UNDELIV: 'failed',
  UNDELIVERABLE: 'failed',
  REJECTD: 'failed',
  REJECTED: 'failed',
  FAILED: 'failed',
  SKIPPED: 'failed',
}

/** The same states as numbers, in the optional `message_state`. Source: SMPP 3.4, 5.2.28; 0 and 9: SMPP 5.0, 4.7.15. */
const states: Readonly<Record<number, string>> = {
  0: 'SCHEDULED',
  1: 'ENROUTE',
  2: 'DELIVRD',
  3: 'EXPIRED',
  4: 'DELETED',
  5: 'UNDELIV',
  6: 'ACCEPTD',
  7: 'UNKNOWN',
  8: 'REJECTD',
  9: 'SKIPPED',
}

const textField = (value: unknown): string | undefined => {
  const text = Buffer.isBuffer(value) ? value.toString('latin1') : value
  const clean = typeof text === 'string' ? text.replace(/\0.*$/s, '').toWellFormed() : ''
  return clean === '' ? undefined : clean
}

const bodyIn = ({ short_message: short, message_payload: long }: Fields): unknown =>
  isObject(long) ? long.message : isObject(short) ? short.message : short

/** Undefined for what is no text, such as a ring tone. */
const saidIn = (fields: Fields): string | undefined => {
  const said = bodyIn(fields)
  return typeof said === 'string' ? said.toWellFormed() : undefined
}

export interface Concatenation {
  readonly reference: number
  readonly total: number
  readonly part: number
}

/** From the header of the text (8 or 16 bits of reference) or from the `sar` fields. Source: 3GPP TS 23.040, 9.2.3.24. */
export const concatenationOf = (fields: Fields): Concatenation | undefined => {
  const short = fields.short_message
  const headers = isObject(short) && Array.isArray(short.udh) ? short.udh : []
  const numbers = headers.flatMap((header: unknown): (number | undefined)[][] => {
    if (!Buffer.isBuffer(header)) return []
    if (header[0] === 0x00 && header.length >= 5) return [[header[2], header[3], header[4]]]
    if (header[0] === 0x08 && header.length >= 6) return [[header.readUInt16BE(2), header[4], header[5]]]
    return []
  })
  const sar = [fields.sar_msg_ref_num, fields.sar_total_segments, fields.sar_segment_seqnum]
  const [reference, total, part] = numbers[0] ?? sar
  if (typeof reference !== 'number' || typeof total !== 'number' || typeof part !== 'number') return undefined
  return part >= 1 && part <= total && total > 1 ? { reference, total, part } : undefined
}

/** `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`. Source: SMPP 3.4, appendix B. */
export const readReceipt = (text: string): Readonly<Partial<Record<'id' | 'stat' | 'err', string>>> => {
  const field = (name: string) => new RegExp(`(?:^|\\s)${name}:\\s?([^\\s]{1,80})`, 'i').exec(text)?.[1]
  const [id, stat, err] = [field('id'), field('stat')?.toUpperCase(), field('err')]
  return { ...(id ? { id } : {}), ...(stat ? { stat } : {}), ...(err ? { err } : {}) }
}

/** Fields as JSON has them: a PDU of the package holds functions too. */
const plain = (fields: Fields): unknown =>
  JSON.parse(
    JSON.stringify(fields, (_, value) =>
      typeof value === 'string' ? value.toWellFormed() : typeof value === 'bigint' ? String(value) : value,
    ),
  )

const numberField = (value: unknown): number => (typeof value === 'number' ? value : 0)

/**
 * What a `deliver_sm` says. `id` is ours: SMPP names no incoming message, so one that is delivered again, because
 * our answer was lost, comes twice. Parts are known by their reference, and come once.
 */
export const decodeDeliver = (
  fields: Fields,
  id: string,
  at: Instant,
  report: Reporter,
): readonly ChannelEvent[] => {
  const [from, to] = [textField(fields.source_addr), textField(fields.destination_addr)]
  const text = saidIn(fields)
  const raw = plain(fields)
  if (
    RECEIPTS.has(numberField(fields.esm_class) & MESSAGE_TYPE) ||
    fields.receipted_message_id !== undefined
  ) {
    // A receipt is text, even where it is marked as bytes.
    const receipt = readReceipt(text ?? textField(bodyIn(fields)) ?? '')
    const { message_state: state } = fields
    const status = receipt.stat ?? (typeof state === 'number' ? lookup(states, String(state)) : undefined)
    const failed = lookup(deliveries, status) === 'failed'
    return report.status({
      id: textField(fields.receipted_message_id) ?? receipt.id,
      status,
      to: lookup(deliveries, status),
      at,
      our: to,
      their: from,
      code: failed ? receipt.err : undefined,
      raw,
    })
  }
  const parts = concatenationOf(fields)
  // A reference of 8 bits comes again; the day keeps those of last week apart.
  const day = new Date(at).toISOString().slice(0, 10)
  const whole = parts && `${from}>${to}:${parts.reference}/${parts.total}@${day}`
  return report.message({
    id: parts && whole ? `${whole}#${parts.part}` : id,
    from,
    to,
    at,
    text,
    other: text === undefined ? [{ kind: 'unsupported', reason: 'binary SMS' }] : [],
    part: parts && whole && text !== undefined ? { whole, part: parts.part, total: parts.total } : undefined,
    raw,
  })
}
