import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failure, resolve, right } from '../../test/kit/resolved-plan.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

/** A file of `--config` with this text. */
function config(text: string, name = 'stress-test-config.yml'): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, text)
  return file
}

test('--config and --set lie over the plan', () => {
  const file = config('target:\n  url: http://127.0.0.1:81/\ntests:\n  peak:\n    for: 2m\n')
  const { spec } = resolve(
    { ...right, target: { url: 'http://127.0.0.1:80', ready: '/up' } },
    { configs: [file], settings: ["tests['peak'].arrivals=7/s"] },
  )
  expect(spec.target).toMatchObject({ url: 'http://127.0.0.1:81', ready: '/up' })
  expect(spec.tests[0]).toMatchObject({ kind: 'arrivals', durationSec: 120 })
})

test('loads, thresholds and searches of a plan can be laid over, and a later file wins', () => {
  const plan = {
    ...right,
    objectives: ['p95 < 100ms'],
    stopWhen: ['target.memory > 1GB'],
    tests: {
      steady: { users: 100, for: '3m' },
      capacity: { capacity: { from: '50/s', to: '20000/s' }, overload: [2, 3] },
    },
  }
  const shared = config(`
objectives: ['p95 < 250ms', errors < 1%]
stopWhen: [target.memory > 256MB]
`)
  const ci = config(`
tests:
  steady: { users: 5, for: 10s, stopWhen: { extend: [target.cpu > 90% for 5s] } }
  capacity:
    capacity: { to: 500/s, within: 20% }
    overload: [1.5]
    peak: 60/s
`)
  const { spec } = resolve(plan, { configs: [shared, ci], settings: ['tests.capacity.capacity.within=30%'] })
  const texts = spec.tests.map(({ objectives, stopWhen }) => [...objectives, ...stopWhen].map(({ text }) => text))
  expect(texts).toEqual([
    ['p95 < 250ms', 'errors < 1%', 'target.memory > 256MB', 'target.cpu > 90% for 5s'],
    ['p95 < 250ms', 'errors < 1%', 'target.memory > 256MB'],
  ])
  expect(spec.tests[0]?.loads).toMatchObject([{ load: { stages: [{ from: 5, to: 5, durationSec: 10 }] } }])
  expect(spec.tests[1]?.capacity).toMatchObject({ from: 50, to: 500, within: 0.3, overload: [1.5], peak: 60 })
})

test('a search takes the place of a load, and a load that of a search', () => {
  const file = config('tests:\n  peak: { capacity: { from: 1, to: 9 }, objectives: [p95 < 1s] }\n')
  expect(resolve(right, { configs: [file] }).spec.tests[0]).toMatchObject({ kind: 'capacity', durationSec: 0 })
  const search = { ...right, tests: { peak: { capacity: { from: 1, to: 9 }, overload: [2], peak: 3, objectives: ['p95 < 1s'] } } }
  const steady = config('tests:\n  peak: { users: 3, for: 5s }\n')
  expect(resolve(search, { configs: [steady] }).spec.tests[0]).toMatchObject({ kind: 'users', durationSec: 5 })
})

test('anchors and merge keys share what environments have in common', () => {
  const text = 'tests:\n  a: &load { users: 3, for: 5s }\n  b:\n    <<: *load\n    for: 7s\n'
  expect(resolve(right, { configs: [config(text)] }).spec.tests.map(({ durationSec }) => durationSec)).toEqual([60, 5, 7])
  const wrong = config(text.replace('users: 3', 'users: many'))
  expect(failure(right, { configs: [wrong] }).message).toContain(`${wrong}:2:21: tests.a.users: expected a whole number`)
})

test.each<[string, string, string, string]>([
  ['a wrong value', 'tests:\n  peak:\n    for: soon\n', '3:10', 'tests.peak.for: expected a duration'],
  ['a wrong value in a list', 'objectives:\n  - p95 < 1s\n  - p99 <\n', '3:5', 'objectives[1]: expected a duration'],
  ['a wrong value in braces', 'tests: { peak: { users: lots } }', '1:25', 'tests.peak.users: expected a whole number'],
  [
    'a part of a search',
    'tests:\n  peak:\n    capacity: { from: 5/s, to: 9/s, within: 5 }\n',
    '3:45',
    "tests.peak.capacity.within: expected a percentage such as '5%'",
  ],
  ['what is missing', 'tests:\n  peak:\n    capacity:\n      from: 5/s\n', '4:7', 'tests.peak.capacity.to: expected a rate'],
  ['a mistake in quick', 'tests:\n  peak:\n    quick: { users: none }\n', '3:21', 'tests.peak.quick.users: expected'],
  ['an unknown key', 'tests:\n  peak:\n    warmpu: 2s\n', '3:5', 'Did you mean `warmup`?'],
  ['an unknown key of the plan', 'tets:\n  peak: {}\n', '1:1', 'Did you mean `tests`?'],
  ['an unknown test', 'tests:\n  peek:\n    for: 2s\n', '2:3', 'tests.peek: expected a test of the plan: `peak`'],
  ['a test without anything', 'tests:\n  peak:\n', '2:8', 'tests.peak: expected a test such as'],
  ['a key that stands twice', 'tests:\n  peak:\n    for: 2m\n    for: 3m\n', '4:5', 'Map keys must be unique'],
  ['a tab', 'tests:\n  peak:\n\tfor: 2m\n', '3:1', 'Tabs are not allowed as indentation'],
  ['an open brace', 'tests:\n  peak: {for: 2m\n', '3:1', 'must be sufficiently indented and end with a }'],
  ['a wrong indentation', 'tests:\n  peak:\n    users: 5\n   for: 2s\n', '4:1', 'must start at the same column'],
  ['an alias without an anchor', 'tests:\n  peak: *load\n', '2:9', 'expected an anchor `&load` above this alias'],
  ['a tag that means nothing here', 'name: !!js/function x\n', '1:7', 'Unresolved tag'],
  ['a second document', 'tests: {}\n---\nname: x\n', '2:1', 'expected one YAML document, got another'],
  ['a list', '- peak\n', '1:1', 'expected keys of a plan'],
])('%s in a file of --config is told with line and column', (_, text, place, expected) => {
  const file = config(text)
  const wrong = failure(right, { configs: [file] })
  expect(wrong.code).toBe('CONFIG_INVALID')
  expect(wrong.message).toContain(`${file}:${place}: `)
  expect(wrong.message).toContain(expected)
})

test('all mistakes of a file are told at once, and each is found in the file that made it', () => {
  const first = config('tests:\n  peak:\n    for: soon\n    users: many\n', 'shared.yml')
  const second = config('tests:\n  peak:\n    users: lots\n', 'ci.yml')
  const { message } = failure(right, { configs: [first, second] })
  expect(message).toContain(`${first}:3:10: tests.peak.for: expected`)
  expect(message).toContain(`${second}:3:12: tests.peak.users: expected`)
  expect(message).not.toContain('many')
})

test('a mistake of the plan is not told of the file that lies over its test', () => {
  const plan = { ...right, tests: { peak: { users: 10, for: 'soon' } } }
  const wrong = failure(plan, { configs: [config('tests:\n  peak:\n    users: 5\n')] })
  expect(wrong.code).toBe('PLAN_INVALID')
  expect(wrong.message).toContain('\n  tests.peak.for: expected')
})

test('a file that is not there, and a setting that cannot be read, are refused', () => {
  expect(failure(right, { configs: ['/nowhere/ci.yml'] }).message).toContain('--config /nowhere/ci.yml: ENOENT')
  expect(failure(right, { settings: ['tests.peak.for=soon'] }).message).toContain(
    '--set tests.peak.for=soon: tests.peak.for: expected',
  )
  expect(failure(right, { settings: ['nonsense'] }).code).toBe('CONFIG_INVALID')
})

test('a test whose name is a number is found', () => {
  const file = config('tests:\n  100: { users: 5, for: never }\n')
  expect(failure(right, { configs: [file] }).message).toContain(`${file}:2:25: tests.100.for: expected`)
})

test('--target starts nothing there', () => {
  const { spec } = resolve(
    { ...right, target: { url: 'http://127.0.0.1:80', start: 'node x.js', ready: '/up' } },
    { target: 'http://10.0.0.1:8080' },
  )
  expect(spec.target).toMatchObject({ url: 'http://10.0.0.1:8080', ready: '/up' })
  expect(spec.target?.start).toBeUndefined()
})
