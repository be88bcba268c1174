import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@ramal/postgres-test-server'
import { suite } from '@ramal/testing'
import * as assert from 'uvu/assert'
import { event } from '../test/events.js'
import { rejection } from '../test/rejection.js'
import { type PostgresOptions, postgresStore } from './index.js'

/** A certificate of its own authority, for localhost and its address, made for this run. */
const certificate = (): { cert: string; key: string } | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'ramal-tls-'))
  try {
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')]
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync('openssl', [...args, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const suiteOf = suite('TLS to PostgreSQL')
const pair = certificate()
if (!pair) console.log('    there is no openssl here to make a certificate with')
const test = pair ? suiteOf : suiteOf.skip
let server: PostgresServer
suiteOf.before(async () => {
  if (pair) server = await startPostgres({ settings: { fsync: 'off' }, tls: pair })
})
suiteOf.after(() => server?.remove())

const works = async (options: PostgresOptions): Promise<void> => {
  const store = await postgresStore(options)
  const answer = await store.append([{ stream: 'a-1', expected: 'any', events: [event()] }])
  assert.is(answer._tag, 'Right')
  await store.close()
}
const refused = async (options: PostgresOptions): Promise<void> => {
  const error = await rejection(postgresStore(options))
  assert.is(error.code, 'refused', error.message)
  assert.match(error.message, /tls: \{ ca \}/)
}

test('with the certificate of the authority it is checked and taken', () =>
  works({ url: server.url(), tls: { ca: pair!.cert } }))
test('an unknown certificate is refused, by option and by URL', async () => {
  await refused({ url: server.url(), tls: true })
  await refused({ url: `${server.url()}?sslmode=verify-full` })
})
test('a certificate of another host is refused', () =>
  refused({
    url: server.url(),
    tls: {
      ca: pair!.cert,
      checkServerIdentity: () =>
        Object.assign(new Error('not this host'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    },
  }))
test('sslmode=require encrypts and does not check, as it does elsewhere', () =>
  works({ url: `${server.url()}?sslmode=require` }))

suiteOf.run()
