import { StoreError, type StoreErrorCode } from '@ramal/core'

type Kind = readonly [code: StoreErrorCode, advice: string]

const UNREACHABLE: Kind = ['unavailable', 'See that the server runs and that this machine can reach it.']
const NOT_OURS: Kind = [
  'schema',
  'The schema is not as this release made it: see that nobody changed it, or restore it from a backup.',
]
const INVALID: Kind = ['invalid', 'PostgreSQL cannot hold this value.']
const TLS: Kind = [
  'refused',
  'Give the certificate of its authority as `tls: { ca }`, or correct the host name.',
]

/** By SQLSTATE, the longest prefix that fits. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_STATE: Readonly<Record<string, Kind>> = {
  RA001: [
    'unsupported',
    'Appends need the isolation level "read committed": set default_transaction_isolation to it for the role or the database.',
  ],
  '08': UNREACHABLE,
  '22': INVALID,
  '23505': ['corrupt', 'Something else writes into the table of the log. Only a store may.'],
  '25006': ['unavailable', 'The server is read-only: a standby, or a primary that gave its place away.'],
  '28': ['refused', 'Correct the user or the password, and see what pg_hba.conf allows.'],
  '3D000': ['refused', 'Create the database, or correct its name.'],
  '3F000': NOT_OURS,
  '40': ['unavailable', 'The server gave the transaction up; again is all it needs.'],
  '42501': ['refused', 'Grant the role what it lacks.'],
  '42703': NOT_OURS,
  '42883': NOT_OURS,
  '42P01': NOT_OURS,
  '53100': ['full', 'Make room on the disk of the server.'],
  '53': [
    'unavailable',
    'The server lacks connections or memory: raise max_connections, or put a pooler before it.',
  ],
  '54': INVALID,
  '55P03': [
    'unavailable',
    'Another writer holds the lock of the log for too long: look for a server that is stuck.',
  ],
  '57014': ['unavailable', 'The statement was cancelled; see statement_timeout.'],
  '57P': UNREACHABLE,
  '58': ['unavailable', 'The server could not read or write its files: see its log.'],
  XX001: ['corrupt', 'The data of the server is damaged: see its log, and restore it from a backup.'],
  XX002: ['corrupt', 'An index of the server is damaged: see its log, and rebuild it with reindex.'],
}

const BY_SYSTEM: Readonly<Record<string, Kind>> = {
  CERT_HAS_EXPIRED: TLS,
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS,
  ERR_TLS_CERT_ALTNAME_INVALID: TLS,
  SELF_SIGNED_CERT_IN_CHAIN: TLS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS,
}

const kindOf = (code: unknown, message: string): Kind => {
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
    for (let length = 5; length >= 2; length--) {
      const kind = BY_STATE[code.slice(0, length)]
      if (kind) return kind
    }
    return ['unsupported', `The server answered with SQLSTATE ${code}, which this store does not expect.`]
  }
  if (typeof code === 'string' && BY_SYSTEM[code]) return BY_SYSTEM[code]
  if (/^SASL|password must be/.test(message))
    return ['refused', 'Give the password that the server asks for.']
  if (/does not support SSL/.test(message))
    return ['unsupported', 'Turn on `ssl` on the server, or connect without TLS (sslmode=disable).']
  return UNREACHABLE
}

/** What the driver or the server says, as an error that a caller can act on. */
export const storeErrorOf = (error: unknown, doing: string): StoreError => {
  if (error instanceof StoreError) return error
  const fault = error as { code?: unknown; message?: string; errors?: { message: string }[] }
  // Node tries each address of a host and gives an error for all of them, which has no message.
  const message = fault.message || fault.errors?.map((e) => e.message).join('; ') || String(error)
  const [code, advice] = kindOf(fault.code, message)
  return new StoreError(code, `${doing} failed: ${message.replace(/\.$/, '')}. ${advice}`, { cause: error })
}
