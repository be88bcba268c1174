import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificate {
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  /** The certificate of the authority that signed it, as a file: for `tlsCAFile`. */
  readonly authority: string
  remove(): Promise<void>
}

const openssl = (...args: string[]) => promisify(execFile)('openssl', args)

/**
 * A certificate for 127.0.0.1 and localhost, good for a day, and an authority of its own that signed it: the
 * native half of the official client takes no certificate that signed itself. Needs the `openssl` command.
 */
export const makeCertificate = async (): Promise<Certificate> => {
  const folder = await mkdtemp(join(tmpdir(), 'kurrentdb-test-server-'))
  const at = (name: string) => join(folder, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await writeFile(at('leaf.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n')
  await openssl(
    ...['req', '-x509', ...newKey, '-days', '1', '-subj', '/CN=Test authority'],
    ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
  )
  await openssl(
    ...['req', ...newKey, '-subj', '/CN=localhost', '-keyout', at('leaf.key'), '-out', at('leaf.csr')],
  )
  await openssl(
    ...['x509', '-req', '-in', at('leaf.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-days', '1', '-extfile', at('leaf.ext'), '-out', at('leaf.pem')],
  )
  return {
    cert: await readFile(at('leaf.pem'), 'utf8'),
    key: await readFile(at('leaf.key'), 'utf8'),
    authority: at('ca.pem'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
