// What a user gets: packs every package that is published, installs the tarballs in an empty project with npm,
// type-checks a program that imports every entry, and runs it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs in a page, not in Node. */
const BROWSER = new Set(['@ramal/channel-webchat/widget'])

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ramal-consumer-'))
const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })

const packages = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .map((path) => ({ path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => !manifest.private)

try {
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  const dependencies = { '@types/node': '^20' }
  for (const { path, manifest } of packages) {
    execFileSync('pnpm', ['pack', '--pack-destination', tarballs], {
      cwd: path,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    dependencies[manifest.name] = `file:tarballs/${file}`
    Object.assign(dependencies, manifest.peerDependencies)
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error')

  const entries = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((key) => key !== './package.json')
      .map((key) => manifest.name + key.slice(1)),
  )
  const importing = (names) => {
    const imports = names.map((entry, i) => `import * as entry${i} from '${entry}'`)
    const list = names.map((_, i) => `entry${i}`).join(', ')
    const count = `console.log([${list}].filter((entry) => Object.keys(entry).length > 0).length, 'entries load')`
    return `${[...imports, count].join('\n')}\n`
  }
  writeFileSync(join(folder, 'types.ts'), importing(entries))
  writeFileSync(join(folder, 'program.ts'), importing(entries.filter((entry) => !BROWSER.has(entry))))
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['types.ts', 'program.ts'] }),
  )
  run(folder, join(root, 'node_modules/.bin/tsc'), '-p', '.')
  run(folder, process.execPath, 'program.js')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
