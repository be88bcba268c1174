import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from './suite.js'

const test = suite('house')

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: unknown
  readonly engines?: { readonly node?: string }
  readonly files?: readonly string[]
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const packages = readdirSync(join(root, 'packages')).map((folder) => {
  const manifest: Manifest = JSON.parse(read(`packages/${folder}/package.json`))
  return { folder, manifest }
})
const folderOf = new Map(packages.map(({ folder, manifest }) => [manifest.name, folder]))

const ours = (dependencies: Readonly<Record<string, string>> = {}): readonly string[] =>
  Object.keys(dependencies)
    .filter((name) => folderOf.has(name))
    .sort()

const referencesOf = (path: string): readonly string[] => {
  const { references = [] }: { references?: readonly { readonly path: string }[] } = JSON.parse(read(path))
  return references.map((reference) => reference.path)
}

test('every package says the same of itself', () => {
  for (const { folder, manifest } of packages) {
    assert.is(manifest.license, 'Apache-2.0', folder)
    assert.is(manifest.type, 'module', folder)
    assert.is(manifest.engines?.node, '>=20', folder)
    assert.ok(manifest.exports?.['.'], `${folder} has no exports`)
    assert.ok(existsSync(join(root, 'packages', folder, 'README.md')), `${folder} has no README.md`)
    if (manifest.private) continue
    assert.equal(manifest.files, ['dist'], `${folder}, files`)
    assert.ok('sideEffects' in manifest, `${folder} does not say whether it has side effects`)
  }
})

test('what a package depends on in the workspace, and what its tsconfig.json refers to, are the same', () => {
  for (const { folder, manifest } of packages) {
    const path = `packages/${folder}/tsconfig.json`
    const referred = referencesOf(path).filter((reference) => reference.startsWith('../'))
    const expected = ours(manifest.dependencies).map((name) => `../${folderOf.get(name)}`)
    for (const reference of expected) assert.ok(referred.includes(reference), `${path} lacks ${reference}`)
    const known = [...expected, ...ours(manifest.devDependencies).map((name) => `../${folderOf.get(name)}`)]
    for (const reference of referred)
      assert.ok(known.includes(reference), `${path} has ${reference} too much`)
  }
})

test('the build at the top builds every package, and each changeset is about packages that there are', () => {
  const built = referencesOf('tsconfig.json')
  for (const { folder } of packages)
    assert.ok(built.includes(`packages/${folder}`), `tsconfig.json lacks ${folder}`)
  for (const file of readdirSync(join(root, '.changeset')).filter((name) => name !== 'README.md')) {
    if (!file.endsWith('.md')) continue
    const front = read(`.changeset/${file}`).match(/^---\n([\s\S]*?)\n---\n/)?.[1]
    assert.ok(front, `.changeset/${file} does not begin with the packages it is about`)
    for (const [, name] of front.matchAll(/^['"]?([^'":]+)['"]?: *(?:patch|minor|major)$/gm))
      assert.ok(folderOf.has(name ?? ''), `.changeset/${file}: there is no package ${name}`)
  }
})

test('the table in the README is the house as it stands, each row below what it depends on', () => {
  const rows = read('README.md').matchAll(/^\| \[`([^`]+)`\]\(packages\/([^)]+)\) \|[^|]+\| ([^|]+) \|$/gm)
  const table = new Map<string, readonly string[]>()
  for (const [, name = '', folder = '', dependencies = ''] of rows) {
    assert.is(folderOf.get(name), folder, `README.md, row ${name}: its folder`)
    const listed = dependencies === '–' ? [] : dependencies.split(', ')
    for (const dependency of listed)
      assert.ok(table.has(dependency), `README.md, row ${name}: ${dependency} has no row above`)
    table.set(name.replace('@ramal/', ''), listed)
  }
  for (const { manifest } of packages) {
    const name = manifest.name.replace('@ramal/', '')
    const depends = ours(manifest.dependencies).map((dependency) => dependency.replace('@ramal/', ''))
    const listed = [...(table.get(name) ?? ['no row'])].sort()
    assert.is(listed.join(', '), depends.sort().join(', '), `README.md, row ${name}: what it depends on`)
  }
})

test('links between the pages lead somewhere', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'benchmarks/README.md']
  for (const page of readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }))
    if (page.endsWith('.md')) pages.push(join('docs', page))
  for (const folder of ['packages', 'examples'])
    for (const name of readdirSync(join(root, folder)))
      if (existsSync(join(root, folder, name, 'README.md'))) pages.push(join(folder, name, 'README.md'))
  for (const page of pages)
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
      if (!/^[a-z]+:/.test(target))
        assert.ok(
          existsSync(join(root, page, '..', target)),
          `${page} links to ${target}, which is not there`,
        )
})

test.run()
