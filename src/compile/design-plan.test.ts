import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { compilePlan } from './index.ts'
import { loadPlanModule, resolvePlan } from '../plan/index.ts'
import type { ResolvedPlan } from '../plan/index.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

/** DESIGN.md section 2, word for word. */
const file = join(import.meta.dirname, '../../test/data/design.plan.ts')
const dir = dirname(file)

async function resolved(quick: boolean): Promise<ResolvedPlan> {
  const { bundle, fingerprint } = await compilePlan(file, { outFile: join(temporaryFolder(), 'plan.mjs') })
  const { definition, declarations } = await loadPlanModule(bundle, dir)
  return resolvePlan(definition, {
    file,
    dir,
    fingerprint,
    declarations,
    quick,
    readTrace: () => ({ timesSec: [], problems: [] }),
  })
}

function mistakes(text: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ['proofload-source'],
    allowImportingTsExtensions: true,
  }
  const host = ts.createCompilerHost(options)
  const readFile = host.readFile.bind(host)
  host.readFile = (path) => (path === file ? text : readFile(path))
  const program = ts.createProgram([file], options, host)
  const source = program.getSourceFile(file)
  return ts.getPreEmitDiagnostics(program, source).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

const text = readFileSync(file, 'utf8').split('\n').slice(1).join('\n')

test('the plan of DESIGN.md compiles as it stands, and with any misspelt key or name it does not', () => {
  expect(mistakes(text)).toEqual([])
  const slips = [
    ['scenarios:', 'scenarois:'],
    ['mix: { buy: 20', 'mix: { bye: 20'],
    ["suite: 'load', users: 100", "siute: 'load', users: 100"],
    ['env: ({ db })', 'env: ({ dbb })'],
    ['vu.state.token', 'vu.state.tokn'],
    ['maxConnections: 50', 'maxConnection: 50'],
    ["quick: { for: '10s'", "quick: { fro: '10s'"],
    ['ready:', 'raedy:'],
  ] as const
  for (const [right, wrong] of slips) {
    expect(text).toContain(right)
    expect(mistakes(text.replace(right, wrong)), wrong).not.toEqual([])
  }
}, 120_000)

test('the plan of DESIGN.md resolves', async () => {
  const { spec, code } = await resolved(false)
  expect(spec.tests.map(({ name, kind, durationSec }) => [name, kind, durationSec])).toEqual([
    ['normal load', 'users', 180],
    ['peak', 'arrivals', 150],
    ['staircase', 'steps', 120],
    // Nobody knows before how long a search lasts.
    ['capacity', 'capacity', 0],
    ['database outage', 'arrivals', 60],
  ])
  expect(spec.tests[3]?.capacity).toMatchObject({ unit: 'perSec', from: 50, to: 20_000, within: 0.05 })
  expect(spec.tests[4]).toMatchObject({
    faults: [{ id: 'down(db)', atSec: 20, forSec: 10, fault: { kind: 'down', on: 'db' } }],
    links: ['db'],
    phases: [{ name: 'before' }, { name: 'down(db)' }, { name: 'after' }],
  })
  expect(spec.tests[2]?.phases.map(({ name }) => name)).toEqual(['100 users', '200 users', '300 users', '500 users'])
  expect(spec.tests[0]?.loads[0]?.mix).toEqual({ buy: 20, browse: 80 })
  expect(spec.tests[0]?.objectives.map((objective) => objective.text)).toEqual([
    'p95 < 100ms',
    'errors < 1%',
    'p99(POST /orders) < 250ms',
    'errors < 5% over 10s',
  ])
  expect(spec.feeds).toMatchObject([{ id: 0, path: join(dir, 'accounts.csv'), rows: 3, pick: 'unique' }])
  expect(code.targetEnv?.({ db: { url: 'postgres://x' } })).toEqual({ DATABASE_URL: 'postgres://x' })
  expect(Object.keys(code.scenarios)).toEqual(['buy', 'browse'])
  expect(structuredClone(spec)).toEqual(spec)
})

test('--quick changes only the tests that have quick', async () => {
  const { spec } = await resolved(true)
  expect(spec.tests.map(({ name, durationSec }) => [name, durationSec])).toEqual([
    ['normal load', 10],
    ['peak', 150],
    ['staircase', 120],
    ['capacity', 0],
    ['database outage', 60],
  ])
  expect(spec.tests[0]?.objectives).toHaveLength(2)
})
