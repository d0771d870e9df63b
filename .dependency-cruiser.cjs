/**
 * Who may import whom. This table and the one in ARCHITECTURE.md are the same; `./run cruise` and the tests hold it.
 *
 * `types` are layers of which only types may be imported, the files of `whole` apart. `npm` and `node` say whether packages and Node's own modules
 * may be used. Layers of the core have neither: they decide, and deciding needs no outside world.
 */
const ALL = [
  'ai',
  'adapters',
  'app',
  'cli',
  'control-plane',
  'crypto',
  'domain',
  'exchange',
  'kernel',
  'local-venue',
  'loops',
  'orders',
  'ports',
  'pricing',
  'projections',
  'quoting',
  'risk',
  'runtime',
  'settings',
  'signer',
  'simulation',
];

const LAYERS = {
  domain: {},
  pricing: { imports: ['domain'] },
  // Reading what a question asks needs no model; the model of what it is worth does.
  crypto: { imports: ['domain', 'pricing'] },
  risk: { imports: ['domain'] },
  orders: { imports: ['domain'] },
  quoting: { imports: ['domain', 'pricing'] },
  ai: { imports: ['domain'] },
  settings: {},
  // Settings reach the kernel as inputs, so it names their type and nothing else of them.
  kernel: {
    imports: ['domain', 'orders', 'risk'],
    types: ['settings', 'crypto'],
    // Whether a price is believed is a rule and no model; every loop, the status and replay have to get the same answer.
    whole: ['crypto/prices/spot-board'],
  },
  // A loop asks the state the same questions as the kernel (what is reserved, what is at risk), and must get the same answers.
  loops: {
    imports: ['domain', 'pricing', 'crypto', 'quoting', 'orders', 'ai', 'settings', 'kernel'],
    types: ['risk'],
    // Rules that approve nothing: what suspends one market is decided by what the loop measures.
    whole: ['risk/circuit-breaker', 'risk/cross-cooldown'],
  },
  ports: { imports: ['domain'] },
  // Takes inputs in as the kernel does, with the kernel's own `reduce`, and decides nothing.
  projections: { imports: ['domain', 'pricing', 'orders', 'kernel'], types: ['ports'] },
  exchange: { imports: ['domain'] },
  adapters: { imports: ['domain', 'ports', 'settings'], npm: true, node: true },
  // Has the key, so it knows nothing of what decides: foreign formats and how they are signed, and no more.
  signer: { imports: ['domain', 'ports', 'settings', 'adapters'], npm: true, node: true },
  'local-venue': { imports: ['domain', 'exchange'], npm: true, node: true },
  simulation: {
    imports: ALL.filter((layer) => !['app', 'cli', 'control-plane'].includes(layer)),
    npm: true,
    node: true,
  },
  runtime: { imports: ['kernel', 'ports', 'domain', 'settings'], node: true },
  'control-plane': {
    imports: ['runtime', 'settings', 'domain', 'ports'],
    types: ['kernel'],
    npm: true,
    node: true,
  },
  // A command is where a program starts, so it may also reach the program it starts.
  cli: {
    imports: [
      'runtime',
      'settings',
      'domain',
      'crypto',
      'ports',
      'signer',
      'app',
      'local-venue',
      'simulation',
      'bench',
    ],
    types: ['kernel'],
    npm: true,
    node: true,
  },
  app: { imports: ALL, npm: true, node: true },
  // Measures every layer against its peers; nothing imports it but its command.
  bench: { imports: ALL, npm: true, node: true },
};

const TESTS = '\\.(test|property\\.test|recorded\\.test|slow\\.test)\\.ts$|^src/.*/(test-support|testing)/';
const PACKAGES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

const layerRules = Object.entries(LAYERS).flatMap(
  ([layer, { imports = [], types = [], whole = [], npm = false, node = false }]) => {
    const from = { path: `^src/${layer}/`, pathNot: TESTS };
    const reachable = [layer, ...imports, ...types].join('|');
    const rules = [
      {
        name: `${layer}-imports-only-its-layers`,
        severity: 'error',
        from,
        to: { path: '^(src|test|tools)/', pathNot: `^src/(${reachable})/` },
      },
    ];
    if (types.length > 0) {
      rules.push({
        name: `${layer}-takes-only-types`,
        severity: 'error',
        from,
        to: {
          path: `^src/(${types.join('|')})/`,
          ...(whole.length === 0 ? {} : { pathNot: `^src/(${whole.join('|')})\\.ts$` }),
          dependencyTypesNot: ['type-only'],
        },
      });
    }
    const banned = [...(npm ? [] : PACKAGES), ...(node ? [] : ['core'])];
    if (banned.length > 0) {
      rules.push({ name: `${layer}-stays-inside`, severity: 'error', from, to: { dependencyTypes: banned } });
    }
    return rules;
  },
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'every-file-has-a-layer',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(LAYERS).join('|')})/` },
      to: {},
    },
    {
      name: 'one-loop-never-imports-another',
      severity: 'error',
      from: { path: '^src/loops/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/loops/', pathNot: '^src/loops/($1/|[^/]+\\.ts$)' },
    },
    {
      // A ring that only types close does not exist when the program runs.
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'nothing-imports-a-test',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'development-packages-stay-in-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: `${TESTS}|^src/bench/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only', 'npm-optional'] },
    },
    {
      name: 'every-package-is-declared',
      severity: 'error',
      from: { path: '^src/' },
      // The bindings belong to the pinned official client, whose version fixes theirs; only tests may reach for them.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '@polymarket/bindings/' },
    },
    {
      name: 'bindings-stay-in-tests-and-benchmarks',
      severity: 'error',
      from: { path: '^src/', pathNot: `${TESTS}|^src/bench/` },
      to: { path: '@polymarket/bindings/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
