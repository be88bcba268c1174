import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { suite } from './suite.js'

const test = suite('boundaries')

const root = fileURLToPath(new URL('../../../', import.meta.url))
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const config = join(root, '.dependency-cruiser.cjs')

type Tree = Readonly<Record<string, string>>

interface Cruise {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[]
  }
}

/** The rules that the files of a made-up house break, as `rule: file`. */
const broken = async (tree: Tree): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-boundaries-'))
  try {
    for (const [file, text] of Object.entries(tree)) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), text)
    }
    const sources = ['packages/*/{src,test,widget}', 'examples/*/src']
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [cruiser, '--config', config, '--output-type', 'json', ...sources],
      { cwd: folder, maxBuffer: 2 ** 26, timeout: 30_000 },
    )
    const { summary }: Cruise = JSON.parse(stdout)
    return [...new Set(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`))].sort()
  } finally {
    await rm(folder, { recursive: true })
  }
}

const manifest = (name: string, dependencies: readonly string[] = [], more: object = {}): string =>
  JSON.stringify({
    name,
    type: 'module',
    exports: { '.': './index.js' },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
    ...more,
  })

/** A package as it lies in the `node_modules` of who depends on it. */
const installed = (folder: string, name: string): Tree => ({
  [`${folder}/node_modules/${name}/package.json`]: manifest(name),
  [`${folder}/node_modules/${name}/index.js`]: 'export const x = 1',
  [`${folder}/node_modules/${name}/dist/deep.js`]: 'export const x = 1',
})

const sound: Tree = {
  'package.json': manifest('house', [], { devDependencies: { uvu: '*', '@ramal/testing': '*' } }),
  ...installed('.', 'uvu'),
  ...installed('.', '@ramal/testing'),
  'packages/core/package.json': manifest('@ramal/core', ['io-ts']),
  ...installed('packages/core', 'io-ts'),
  'packages/core/src/index.ts': `import { createHash } from 'node:crypto'\nimport type { x } from 'io-ts'\nexport const y: typeof x = createHash.length`,
  'packages/core/dist/index.js': 'export const x = 1',
  'packages/routing/package.json': manifest(
    '@ramal/routing',
    ['@ramal/core', '@ramal/store-sqlite', 'ramal', 'rxjs'],
    { devDependencies: { 'io-ts': '*' } },
  ),
  ...installed('packages/routing', '@ramal/core'),
  ...installed('packages/routing', '@ramal/store-sqlite'),
  ...installed('packages/routing', 'ramal'),
  ...installed('packages/routing', 'rxjs'),
  ...installed('packages/routing', 'io-ts'),
  ...installed('packages/routing', 'fp-ts'),
  'packages/channel-webchat/package.json': manifest('@ramal/channel-webchat'),
  'packages/channel-webchat/src/index.ts': 'export const x = 1',
  'packages/routing/src/index.ts': `export { x } from '@ramal/core'`,
  'packages/routing/src/index.test.ts': `import 'uvu'\nimport '@ramal/testing'\nimport 'node:fs'\nimport './index.js'`,
  'examples/shop/package.json': manifest('shop', ['@ramal/core', '@ramal/testing']),
  ...installed('examples/shop', '@ramal/core'),
  ...installed('examples/shop', '@ramal/testing'),
  'examples/shop/src/main.ts': `import '@ramal/core'`,
}

/** Files that each break the house, by the rules that must say so; a cycle is reported once. */
const faults: readonly (readonly [file: string, text: string, ...rules: readonly string[]])[] = [
  ['packages/routing/src/store.ts', `import '@ramal/store-sqlite'`, 'floor-of-routing'],
  [
    'packages/routing/src/type.ts',
    `import type { x } from 'ramal'\nexport type X = typeof x`,
    'floor-of-routing',
  ],
  ['packages/routing/src/lazy.ts', `export const engine = () => import('ramal')`, 'floor-of-routing'],
  ['packages/routing/src/rx.ts', `export { x } from 'rxjs'`, 'floor-of-routing'],
  ['packages/routing/src/tool.ts', `import '@ramal/testing'`, 'declared-for-users', 'floor-of-routing'],
  ['packages/routing/src/rx.test.ts', `import 'rxjs'`, 'floor-of-tests-of-routing'],
  ['packages/routing/src/source.ts', `export * from '../../core/src/index.js'`, 'no-way-round-the-index'],
  [
    'packages/routing/src/built.ts',
    `export * from '../../core/dist/index.js'`,
    'no-built-files',
    'no-way-round-the-index',
  ],
  ['packages/routing/src/deep.ts', `export * from '@ramal/core/dist/deep.js'`, 'resolvable'],
  ['packages/routing/src/missing.ts', `import '@ramal/workforce'`, 'resolvable'],
  ['packages/routing/src/undeclared.ts', `import 'fp-ts'`, 'declared'],
  ['packages/routing/src/developer.ts', `import 'io-ts'`, 'declared-for-users'],
  ['packages/routing/src/file.ts', `import { readFileSync } from 'node:fs'\nreadFileSync('x')`, 'pure'],
  ['packages/routing/src/a.ts', `import type { B } from './b.js'\nexport type A = B | 1`, 'no-cycles'],
  ['packages/routing/src/b.ts', `import type { A } from './a.js'\nexport type B = A | 2`],
  ['packages/routing/src/tested.ts', `import './index.test.js'`, 'no-tests-from-code'],
  ['packages/routing/test/rx.ts', `import 'rxjs'`, 'floor-of-tests-of-routing'],
  ['packages/routing/src/support.ts', `import '../test/rx.js'`, 'no-tests-from-code'],
  ['packages/channel-webchat/widget/main.ts', `import '../src/index.js'`, 'widget-alone'],
  ['packages/stranger/src/index.ts', `import 'node:fs'`, 'not-in-the-house'],
  ['examples/shop/src/other.ts', `import '@ramal/testing'`, 'floor-of-examples'],
]

test(
  'a sound house breaks nothing',
  async () => {
    assert.equal(await broken(sound), [])
  },
  { timeout: 30_000 },
)

test(
  'every fault is found, by its rule and no other',
  async () => {
    const tree = { ...sound, ...Object.fromEntries(faults.map(([file, text]) => [file, text])) }
    const expected = faults.flatMap(([file, , ...rules]) => rules.map((rule) => `${rule}: ${file}`))
    assert.equal(await broken(tree), expected.sort())
  },
  { timeout: 30_000 },
)

test('every package here is in the table', async () => {
  const { forbidden }: { forbidden: readonly { name: string }[] } = createRequire(import.meta.url)(config)
  const floors = new Set(forbidden.map(({ name }) => name))
  for (const name of await readdir(join(root, 'packages')))
    assert.ok(floors.has(`floor-of-${name}`), `packages/${name} is missing in .dependency-cruiser.cjs`)
})

test.run()
