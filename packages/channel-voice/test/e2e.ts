/**
 * The adapter and an engine against a real Asterisk 22 and real SIP telephones (SIPp), on loopback addresses alone:
 *
 *   sudo node --import tsx packages/channel-voice/test/e2e.ts [ROOT [PART OF A NAME]]
 *
 * Needs Linux, root, `unshare`, `chroot`, and, the first time, `debootstrap` and a Debian mirror: Asterisk then goes
 * into ROOT (default: a directory below the one for temporary files), 700 MB. What cannot run says so and ends with
 * 0, in CI with 1.
 */
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInside } from './e2e-scenarios.js'

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0

const skip = (why: string): never => {
  console.log(`SKIPPED the run with a real Asterisk: ${why}`)
  process.exit(process.env.CI ? 1 : 0)
}

const prepare = (root: string): void => {
  if (process.platform !== 'linux') skip('it needs Linux.')
  if (process.getuid?.() !== 0)
    skip('it needs root, for a network namespace and a root directory of its own.')
  for (const command of ['unshare', 'chroot', 'debootstrap'])
    if (!has(command)) skip(`there is no ${command}; apt-get install debootstrap util-linux.`)
  const script = fileURLToPath(new URL('asterisk/bootstrap.sh', import.meta.url))
  const made = spawnSync('sh', [script, root], { encoding: 'utf8', timeout: 900_000 })
  if (made.status !== 0)
    skip(`Asterisk could not be installed into ${root}:\n${made.stdout}${made.stderr}`.slice(0, 4_000))
  const version = /Asterisk (\d+)/.exec(made.stdout)?.[1] ?? '0'
  if (Number(version) < 22) skip(`this is Asterisk ${version}; it needs 22.`)
  console.log(made.stdout.trim().split('\n').at(-1))
}

const root = process.argv[2] ?? join(tmpdir(), 'ramal-asterisk')
if (process.env.RAMAL_E2E_INSIDE === 'yes') process.exit(await runInside(root, process.argv[3]))

prepare(root)
const inside = spawnSync(
  'unshare',
  [
    '-n',
    '-m',
    '-p',
    '-f',
    '--mount-proc',
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1, 2),
    root,
    process.argv[3] ?? '',
  ],
  { stdio: 'inherit', timeout: 300_000, env: { ...process.env, RAMAL_E2E_INSIDE: 'yes' } },
)
process.exit(inside.status ?? 1)
