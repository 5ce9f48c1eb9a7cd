import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { simplePlan } from '../kit/simple-plan.ts'
import type { TestBench } from '../kit/test-bench.ts'
import { withBench } from '../kit/test-bench.ts'

/** A plan or a command line that cannot be: status 2, the error's code, and texts that must be in the message. */
interface Mistake {
  readonly plan?: (bench: TestBench) => unknown
  readonly args?: readonly string[]
  readonly code: string
  readonly says: readonly (string | RegExp)[]
}

const source = (text: string) => (bench: TestBench) => bench.plan(text)
const test = (keys: string) => (bench: TestBench) => simplePlan(bench, { test: keys })
const feed = (name: string, text: string | undefined) => (bench: TestBench) => {
  if (text !== undefined) bench.write(name, text)
  simplePlan(bench, { before: `const rows = csv('${name}')`, body: 'vu.row(rows)' })
}

const mistakes: Readonly<Record<string, Mistake>> = {
  'a plan that does not compile': {
    plan: source('export default plan({ tests: { a: { users: 1 for: "1s" } } })'),
    code: 'PLAN_DOES_NOT_COMPILE',
    says: [/test\.plan\.ts:2:\d+: Expected "}" but found "for"/, 'users: 1 for: "1s"', /^ +\^+$/m],
  },
  'an import that does not exist': {
    plan: source("import { price } from './prices.ts'\nexport default plan({ tests: { [price]: { users: 1, for: '1s' } } })"),
    code: 'PLAN_DOES_NOT_COMPILE',
    says: [/test\.plan\.ts:2:\d+: /, './prices.ts'],
  },
  'a plan that throws while it is loaded': {
    plan: source(
      "const limits = undefined as unknown as { users: number }\nexport default plan({ tests: { a: { users: limits.users, for: '1s' } } })",
    ),
    code: 'PLAN_THROWS',
    says: [/test\.plan\.ts:3:\d+: /, 'Cannot read properties of undefined', 'while the file is loaded'],
  },
  'a plan file that exports nothing': {
    plan: source('const nothing = plan'),
    code: 'PLAN_INVALID',
    says: ['default export made by plan(…)', 'no exports at all', 'Write `export default plan({ … })`'],
  },
  'a default export that is no plan': {
    plan: source("export default { tests: { a: { users: 1, for: '1s' } } }"),
    code: 'PLAN_INVALID',
    says: ['to be made by plan(…), got an object with `tests`', 'a plan without the call around it'],
  },
  'a plan without tests': {
    plan: source('export default plan({ tests: {} })'),
    code: 'PLAN_INVALID',
    says: ['tests: expected'],
  },
  'a test without a load': {
    plan: test("for: '1s'"),
    code: 'PLAN_INVALID',
    says: ['tests.steady: expected exactly one load', '`users`', 'got none'],
  },
  'a test with two loads': {
    plan: test("users: 5, arrivals: '10/s', for: '1s'"),
    code: 'PLAN_INVALID',
    says: ['tests.steady: expected exactly one load', 'got `users`, `arrivals`'],
  },
  'misspelt keys in several places': {
    plan: source(`const get = scenario(async ({ http }) => { await http.get('/') })
export default plan({
  targt: { url: 'http://127.0.0.1:1' }, target: { url: 'http://127.0.0.1:1', redy: '/health' },
  scenarios: { get }, objektives: [], http: { timout: '1s' },
  tests: { steady: { usres: 5, for: '1s' } },
} as never)`),
    code: 'PLAN_INVALID',
    says: [
      'Did you mean `target`?',
      'Did you mean `ready`?',
      'Did you mean `objectives`?',
      'Did you mean `timeout`?',
      'tests.steady.usres',
      'Did you mean `users`?',
    ],
  },
  'a wrong duration': {
    plan: test("users: 5, for: '30x'"),
    code: 'PLAN_INVALID',
    says: ['tests.steady.for: expected', "'30s'", "got '30x'"],
  },
  'a wrong rate': {
    plan: test("arrivals: 'fast', for: '1s'"),
    code: 'PLAN_INVALID',
    says: ['tests.steady.arrivals: expected', '/s', "got 'fast'"],
  },
  'negative users': {
    plan: test("users: -5, for: '1s'"),
    code: 'PLAN_INVALID',
    says: ['tests.steady.users: expected', 'got -5 (number)'],
  },
  'a wrong objective': {
    plan: test("users: 5, for: '1s', objectives: ['p95 << 100ms']"),
    code: 'PLAN_INVALID',
    says: ['tests.steady.objectives[0]', 'p95 << 100ms', /^ +\^/m],
  },
  'an objective on a metric that does not exist': {
    plan: test("users: 5, for: '1s', objectives: ['throughputt > 5/s']"),
    code: 'PLAN_INVALID',
    says: ['throughputt', 'Did you mean `throughput`?'],
  },
  'a scenario in the mix that does not exist': {
    plan: (bench) => simplePlan(bench, { more: 'mix: { gett: 5 } as never,' }),
    code: 'PLAN_INVALID',
    says: ['mix.gett', 'Did you mean `get`?'],
  },
  'a URL that is none': {
    plan: source(
      "const get = scenario(() => undefined)\nexport default plan({ target: { url: '127.0.0.1:8080' }, scenarios: { get }, tests: { a: { users: 1, for: '1s' } } })",
    ),
    code: 'PLAN_INVALID',
    says: ["target.url: expected a URL such as 'http://127.0.0.1:8080', got '127.0.0.1:8080'"],
  },
  'an environment variable that is not set': {
    plan: source(
      "const token = env('E2E_NOT_SET')\nconst get = scenario(() => token)\nexport default plan({ scenarios: { get }, tests: { a: { users: 1, for: '1s' } } })",
    ),
    code: 'PLAN_INVALID',
    says: ['E2E_NOT_SET'],
  },
  'a feed that is missing': {
    plan: feed('rows.csv', undefined),
    code: 'FEED_INVALID',
    says: ['rows.csv: there is no such file'],
  },
  'an empty feed': {
    plan: feed('rows.csv', ''),
    code: 'FEED_INVALID',
    says: ['rows.csv: expected at least one row, got an empty file'],
  },
  'a feed with a header alone': {
    plan: feed('rows.csv', 'user,password\n'),
    code: 'FEED_INVALID',
    says: ['expected at least one row'],
  },
  'a feed with a broken quote': {
    plan: feed('rows.csv', 'user,password\nann,"secret\nbob,geheim\n'),
    code: 'FEED_INVALID',
    says: [/rows\.csv:\d+: expected CSV/, /[Qq]uote/],
  },
  'a feed with a short line': {
    plan: feed('rows.csv', 'user,password\nann,a\nbob\n'),
    code: 'FEED_INVALID',
    says: ['rows.csv:3: expected 2 values (user, password), got 1'],
  },
  'a capacity search with mistakes in each of its keys': {
    plan: test(
      "capacity: { from: '10/s', to: 100, witin: '5%', settle: 'soon' }, for: '1m', overload: [1], objectives: ['p95 < 1s']",
    ),
    code: 'PLAN_INVALID',
    says: [
      "tests.steady.capacity.to: expected a rate such as '50/s', '3000/m' or '1/h', as `from` is one, got 100 (number)",
      'Did you mean `within`?',
      "tests.steady.capacity.settle: expected a duration such as '500ms', '30s' or '2m', got 'soon'",
      'tests.steady.for: expected no `for` beside `capacity`',
      'tests.steady.overload[0]: expected a factor above 1',
    ],
  },
  'a capacity search that every load would pass': {
    plan: test("capacity: { from: '10/s', to: '100/s' }"),
    code: 'PLAN_INVALID',
    says: ["tests.steady.objectives: expected at least one objective that a trial must hold, such as 'p95 < 200ms', got none"],
  },
  'an answer that is asked of a test without a search': {
    plan: test("users: 1, for: '1s', objectives: ['headroom > 20%']"),
    code: 'PLAN_INVALID',
    says: ['tests.steady.objectives: expected a `capacity` in this test for `headroom`, got `headroom > 20%`'],
  },
  'a stop condition on what is known only at the end': {
    plan: test("users: 1, for: '1s', stopWhen: ['capacity < 300/s']"),
    code: 'PLAN_INVALID',
    says: ['tests.steady.stopWhen[0]: expected a metric that is known while the load runs at column 1, got `capacity`'],
  },
  'a fault on a link that the target is not told of': {
    plan: (bench) =>
      simplePlan(bench, {
        more: 'services: { db: service.postgres() },',
        test: "users: 1, for: '5s', faults: [{ at: '1s', for: '1s', fault: fault.down('db') }] }, calm: { users: 1, for: '1s'",
      }),
    code: 'PLAN_INVALID',
    says: ['tests.steady.faults[0].fault.on: expected a link that our proxy can stand in, got', '`target.env` is no function'],
  },
  'a fault where there is no such place': {
    plan: test("users: 1, for: '5s', faults: [{ at: '1s', for: '1s', fault: fault.down('tarket') }]"),
    code: 'PLAN_INVALID',
    says: ['tests.steady.faults[0].fault.on: expected', 'target'],
  },
  '--config with a mistake in its YAML': {
    plan: (bench) => (bench.write('ci.yml', 'tests:\n  steady:\n    for: "1s\n'), simplePlan(bench)),
    args: ['--config', 'ci.yml'],
    code: 'CONFIG_INVALID',
    says: [/ci\.yml:\d+:\d+: /],
  },
  '--config with a wrong value': {
    plan: (bench) => (bench.write('ci.yml', 'tests:\n  steady:\n    for: soon\n'), simplePlan(bench)),
    args: ['--config', 'ci.yml'],
    code: 'CONFIG_INVALID',
    says: ['ci.yml:3:10: tests.steady.for: expected', "got 'soon'"],
  },
  '--config with a misspelt key': {
    plan: (bench) => (bench.write('ci.yml', 'tests:\n  steady:\n    fro: 1s\n'), simplePlan(bench)),
    args: ['--config', 'ci.yml'],
    code: 'CONFIG_INVALID',
    says: [/ci\.yml:3:\d+: tests\.steady\.fro/, 'Did you mean `for`?'],
  },
  '--config with a tab, and with a key that stands twice': {
    plan: (bench) => (bench.write('ci.yml', 'tests:\n  steady:\n    for: 1s\n    for: 2s\n\tusers: 1\n'), simplePlan(bench)),
    args: ['--config', 'ci.yml'],
    code: 'CONFIG_INVALID',
    says: ['ci.yml:4:5: Map keys must be unique', 'ci.yml:5:1: Tabs are not allowed as indentation'],
  },
  '--config for a test that is not there, and limits that cannot be': {
    plan: (bench) => (
      bench.write('ci.yml', 'target:\n  limits: { memory: lots }\ntests:\n  stedy: { for: 1s }\n'),
      simplePlan(bench)
    ),
    args: ['--config', 'ci.yml'],
    code: 'CONFIG_INVALID',
    says: [
      'ci.yml:2:21: target.limits.memory: expected a size',
      'ci.yml:4:3: tests.stedy: expected a test of the plan',
      '`steady`',
    ],
  },
  '--config of which a later file is wrong': {
    plan: (bench) => (
      bench.write('shared.yml', 'tests:\n  steady: { for: 2s }\n'),
      bench.write('ci.yml', 'tests:\n  steady: { users: lots }\n'),
      simplePlan(bench)
    ),
    args: ['--config', 'shared.yml', '--config', 'ci.yml'],
    code: 'CONFIG_INVALID',
    says: ['ci.yml:2:20: tests.steady.users: expected a whole number of users'],
  },
  '--config without a file': {
    plan: simplePlan,
    args: ['--config', 'none.yml'],
    code: 'CONFIG_INVALID',
    says: ['--config none.yml', 'ENOENT'],
  },
  '--set with a wrong path': {
    plan: simplePlan,
    args: ['--set', 'tests.stedy.for=30s'],
    code: 'CONFIG_INVALID',
    says: ['--set tests.stedy.for=30s', 'steady'],
  },
  '--set without a value': {
    plan: simplePlan,
    args: ['--set', 'tests.steady.for'],
    code: 'CONFIG_INVALID',
    says: ['expected PATH=VALUE'],
  },
  'an unknown suite': {
    plan: simplePlan,
    args: ['--suite', 'stres'],
    code: 'OPTION_INVALID',
    says: ['--suite', '`load`', 'got `stres`'],
  },
  'an unknown test': {
    plan: simplePlan,
    args: ['--test', 'stedy'],
    code: 'OPTION_INVALID',
    says: ['--test', '`steady`', 'got `stedy`'],
  },
  '--workers 0': {
    plan: simplePlan,
    args: ['--workers', '0'],
    code: 'OPTION_INVALID',
    says: ['--workers', 'from 1 to 64', 'got `0`'],
  },
  '--seed abc': { plan: simplePlan, args: ['--seed', 'abc'], code: 'OPTION_INVALID', says: ['--seed', 'got `abc`'] },
  'an unknown reporter': {
    plan: simplePlan,
    args: ['--reporter', 'jsom'],
    code: 'OPTION_INVALID',
    says: ['--reporter', 'json', 'got `jsom`'],
  },
  '--target that is no URL': {
    plan: simplePlan,
    args: ['--target', 'localhost:80'],
    code: 'CONFIG_INVALID',
    says: ['--target', "'localhost:80'"],
  },
  'a wrong --objective': {
    plan: simplePlan,
    args: ['--objective', 'p95 < fast'],
    code: 'CONFIG_INVALID',
    says: ['p95 < fast', /^ +\^/m],
  },
  '--users with a plan': {
    plan: simplePlan,
    args: ['--users', '5'],
    code: 'OPTION_INVALID',
    says: ['--users goes with a URL', '--set tests.NAME.users=VALUE'],
  },
  '--isolate without a database': {
    plan: simplePlan,
    args: ['--isolate'],
    code: 'CONFIG_INVALID',
    says: ['--isolate', 'service.postgres()'],
  },
}

describe.concurrent('what cannot be run is refused with status 2, before anything is started', { timeout: 60_000 }, () => {
  for (const [title, { plan, args = [], code, says }] of Object.entries(mistakes)) {
    it(title, async () =>
      withBench(async (bench) => {
        plan?.(bench)
        const { status, stderr, stdout } = await bench.run(args)
        expect(stderr).toContain(`(${code})`)
        for (const text of says) {
          if (typeof text === 'string') expect(stderr).toContain(text)
          else expect(stderr).toMatch(text)
        }
        expect(stderr).not.toMatch(/defect of proofload|\n\s+at .+\.js:\d+/)
        expect(stdout).toBe('')
        expect(status).toBe(2)
        expect(await bench.leftovers()).toEqual([])
      }),
    )
  }

  it('a plan that is not there, with the one that was meant', () =>
    withBench(async (bench) => {
      simplePlan(bench)
      const { status, stderr } = await bench.cli(['run', 'tst.plan.ts'])
      expect(stderr).toContain('expected a plan file, found nothing there')
      expect(stderr).toContain('Did you mean test.plan.ts?')
      expect(stderr).toContain('(PLAN_NOT_FOUND)')
      expect(status).toBe(2)
    }))

  it('a folder without plans', () =>
    withBench(async (bench) => {
      const { status, stderr } = await bench.cli(['run'])
      expect(stderr).toContain('proofload init')
      expect(status).toBe(2)
    }))

  it('a mistake in the second of two plans, before the first one runs', () =>
    withBench(async (bench) => {
      simplePlan(bench)
      bench.write('second.plan.ts', 'export default 5\n')
      const { status, stderr } = await bench.cli(['run', 'test.plan.ts', 'second.plan.ts', '--out', bench.out])
      expect(stderr).toContain('got 5 (number)')
      expect(stderr).toContain('second.plan.ts')
      expect(status).toBe(2)
      expect(() => bench.events(join(bench.out, 'test'))).toThrow()
    }))

  const commandLines: readonly (readonly [readonly string[], string])[] = [
    [['run', '--quik'], "unknown option '--quik'"],
    [['rnu'], "unknown command 'rnu'"],
    [['run', 'http://'], 'Expected a URL such as'],
    [['run', 'http://127.0.0.1:1/', '--users', '0'], 'Expected --users to be a positive whole number, got `0`'],
    [['run', 'http://127.0.0.1:1/', '--users', '1', '--arrivals', '5/s'], 'Expected one of --users and --arrivals'],
    [['run', 'http://127.0.0.1:1/', '--arrivals', 'many'], "got 'many'"],
    [['run', 'http://127.0.0.1:1/', '--for', 'ever'], "got 'ever'"],
    [['run', 'http://127.0.0.1:1/', 'http://127.0.0.1:2/'], 'Expected one URL and nothing else'],
    [['run', 'ftp://127.0.0.1/'], 'http'],
    [['report', 'nowhere'], 'Expected a run folder, got `nowhere`, which does not exist'],
    [['report', '.'], 'has no readable plan.json'],
    [['report', 'package.json'], '(RECORD_UNREADABLE)'],
    [['report', '.', '--format', 'pdf'], 'Expected --format to be one of html'],
    [['compare', 'a', 'b'], '`proofload compare` does not exist in this version yet'],
    [['stop', 'nowhere'], 'nowhere'],
    [['run', '--resume', 'nowhere'], 'Expected a run folder, got `nowhere`, which does not exist'],
    [['proxy', '--port', 'many'], 'Expected --port to be a whole number from 0 to 65535, got `many`'],
    [['proxy', '--host', '0.0.0.0'], 'Expected --host to be an address of this machine alone'],
  ]
  for (const [args, text] of commandLines) {
    it(`proofload ${args.join(' ')}`, () =>
      withBench(async (bench) => {
        const { status, stderr } = await bench.cli(args)
        expect(stderr).toContain(text)
        expect(stderr).not.toContain('defect of proofload')
        expect(status).toBe(2)
      }))
  }
})
