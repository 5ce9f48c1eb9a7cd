import { expect, test } from 'vitest'
import { failure, ok, peak, resolve, right } from '../../test/kit/resolved-plan.ts'

type Keys = Readonly<Record<string, unknown>>

const objectives = ['p99 < 500ms']
/** A plan with one search, and what else its test says. */
const search = (capacity: unknown, more: Keys = {}): Keys => peak({ capacity, objectives, ...more })
const range = { from: '50/s', to: '2000/s' }

test('a search has a range and defaults, and no length of its own', () => {
  const [spec] = resolve(search(range)).spec.tests
  expect(spec).toMatchObject({ kind: 'capacity', loads: [], durationSec: 0, warmupSec: 0, phases: [] })
  expect(spec?.capacity).toEqual({
    unit: 'perSec',
    from: 50,
    to: 2000,
    within: 0.05,
    mix: { browse: 1, buy: 1 },
    process: 'poisson',
    maxUsers: 10_000,
    minTrialSec: 10,
    maxTrialSec: 120,
    settleLimitSec: 30,
    quick: false,
    overload: [],
    overloadSec: 15,
  })
})

test('whole numbers search users, and every key is read', () => {
  const capacity = { from: 5, to: 400, within: '10%', minTrial: '20s', maxTrial: '5m', settle: '0s', quick: true }
  const test = search(
    { ...capacity, process: 'uniform', maxUsers: 500 },
    { overload: [3, 1.5, 3], peak: 120, scenarios: ['buy'], overloadFor: '30s' },
  )
  expect(resolve(test).spec.tests[0]?.capacity).toEqual({
    unit: 'users',
    from: 5,
    to: 400,
    within: 0.1,
    mix: { buy: 1 },
    process: 'uniform',
    maxUsers: 500,
    minTrialSec: 20,
    maxTrialSec: 300,
    settleLimitSec: 0,
    quick: true,
    overload: [1.5, 3],
    overloadSec: 30,
    peak: 120,
  })
  expect(resolve(search({ ...range, minTrial: '3m' })).spec.tests[0]?.capacity).toMatchObject({
    maxTrialSec: 180,
    overloadSec: 180,
  })
})

test.each<[string, Keys, string]>([
  ['a search that is no object', search('500/s'), "tests.peak.capacity: expected an object such as `{ from: '50/s', to"],
  ['no end', search({ from: '1/s' }), 'tests.peak.capacity.to: expected a rate such as'],
  ['an empty search', search({}), 'tests.peak.capacity.from: expected a rate such as'],
  [
    'a rate and users',
    search({ from: '1/s', to: 100 }),
    "tests.peak.capacity.to: expected a rate such as '50/s', '3000/m' or '1/h', as `from` is one, got 100 (number)",
  ],
  ['users and a rate', search({ from: 1, to: '100/s' }), 'a whole number of users, as `from` is one'],
  ['an end below the beginning', search({ from: 10, to: 10 }), 'tests.peak.capacity.to: expected more than `from` (10)'],
  ['half a user', search({ from: 1.5, to: 3 }), "got 1.5 (number). Arrivals are written as a rate: '1.5/s'."],
  ['a number in quotes', search({ from: '10', to: '20' }), "Write '10/s' for arrivals, or 10 without quotes for users."],
  ['a load of zero', search({ from: '0/s', to: '9/s' }), 'tests.peak.capacity.from: expected a rate such as'],
  [
    'a share without percent',
    search({ ...range, within: 0.05 }),
    "tests.peak.capacity.within: expected a percentage such as '5%', from 0.1% to 50%, got 0.05 (number). Did you mean '5%'?",
  ],
  ['a width that nobody can wait for', search({ ...range, within: '0.01%' }), 'from 0.1% to 50%'],
  ['a width that says nothing', search({ ...range, within: '60%' }), 'from 0.1% to 50%'],
  ['a trial of a second', search({ ...range, minTrial: '1s' }), 'tests.peak.capacity.minTrial: expected at least 2 s'],
  [
    'a longest trial below the shortest',
    search({ ...range, maxTrial: '5s' }),
    'tests.peak.capacity.maxTrial: expected at least as long as `minTrial` (10 s)',
  ],
  ['a misspelt key', search({ ...range, witin: '5%' }), 'tests.peak.capacity.witin: expected one of'],
  ['the nearest key', search({ ...range, witin: '5%' }), 'Did you mean `within`?'],
  ['an unknown process', search({ ...range, process: 'even' }), 'tests.peak.capacity.process: expected one of'],
  ['a length', search(range, { for: '1m' }), 'tests.peak.for: expected no `for` beside `capacity`'],
  ['a warm-up', search(range, { warmup: '1m' }), 'tests.peak.warmup: expected no `warmup` beside `capacity`'],
  ['users beside it', search(range, { users: 5 }), 'tests.peak: expected exactly one load'],
  ['a factor that is no overload', search(range, { overload: [1.5, 1] }), 'tests.peak.overload[1]: expected a factor above 1'],
  ['an overload that is no list', search(range, { overload: 2 }), 'tests.peak.overload: expected a list of at most 20 factors'],
  ['a length without overload', search(range, { overloadFor: '9s' }), 'tests.peak.overloadFor: expected an `overload` beside it'],
  ['a peak in users', search(range, { peak: 300 }), 'tests.peak.peak: expected a rate such as'],
  ['a peak in arrivals', search({ from: 1, to: 9 }, { peak: '3/s' }), 'tests.peak.peak: expected a whole number of users'],
  ['an overload without a search', peak({ ...ok, overload: [2] }), 'expected no `overload` without `capacity`'],
  ['a peak without a search', peak({ ...ok, peak: '5/s' }), 'expected no `peak` without `capacity`'],
  [
    'nothing to hold',
    search(range, { objectives: [] }),
    "tests.peak.objectives: expected at least one objective that a trial must hold, such as 'p95 < 200ms', got none",
  ],
  ['only the answer', search(range, { objectives: ['capacity > 9/s'] }), 'got only what speaks of the whole search'],
  ['a phase', search(range, { objectives: ['p95 < 1s during load'] }), 'expected no `during` in a capacity search'],
  ['headroom without a peak', search(range, { objectives: ['p95 < 1s', 'headroom > 20%'] }), 'expected a `peak` in this test'],
  [
    'degradation without an overload',
    search(range, { objectives: ['p95 < 1s', 'degradation > 0.9'] }),
    'expected an `overload` in this test for `degradation`',
  ],
  ['a window of the answer', search(range, { objectives: ['p95 < 1s', 'capacity > 9/s over 5s'] }), 'no `over` or `during`'],
  [
    'arrivals of a search for users',
    search({ from: 1, to: 9 }, { objectives: ['p95 < 1s', 'capacity > 9/s'] }),
    'expected a number of users, as `capacity` searches users, got `capacity > 9/s`',
  ],
  ['an answer without a search', peak({ ...ok, objectives: ['capacity > 9/s'] }), 'a `capacity` in this test for `capacity`'],
])('a search is refused for %s', (_, options, expected) => {
  const error = failure(options)
  expect(error.code).toBe('PLAN_INVALID')
  expect(error.message).toContain(expected)
})

test('all problems of a search are in one message', () => {
  const error = failure(search({ from: 'x', within: 5, settle: 'later' }, { overload: [0.5], peak: '9/s', for: '1s' }))
  expect(error.message).toContain('has 6 values that cannot be used')
})

test('a bare number is in the unit of the search, and an answer of the plan is for its searches', () => {
  const list = ['p95 < 1s', 'capacity > 300', 'headroom > 20%', 'degradation >= 0.9']
  const tests = {
    arrivals: { capacity: range, peak: '100/s', overload: [2] },
    users: { capacity: { from: 1, to: 9 }, peak: 3, overload: [2] },
    steady: ok,
  }
  const units = resolve({ ...right, objectives: list, tests }).spec.tests.map((test) => test.objectives.map(({ unit }) => unit))
  expect(units).toEqual([['ms', 'perSec', 'ratio', 'count'], ['ms', 'count', 'ratio', 'count'], ['ms']])
})

test('an inherited objective that lacks its key is told where the test stands', () => {
  const options = { ...right, objectives: ['p95 < 1s', 'headroom > 20%'], tests: { c: { capacity: range } } }
  expect(failure(options).message).toContain('tests.c: expected a `peak` in this test for `headroom`, got `headroom > 20%`')
})

test('quick and the command line change a part of a search, and another load takes its place', () => {
  const plan = search(range, { overload: [2], peak: '100/s', quick: { capacity: { within: '20%', quick: true } } })
  expect(resolve(plan, { quick: true }).spec.tests[0]?.capacity).toMatchObject({ from: 50, within: 0.2, quick: true, peak: 100 })
  expect(
    resolve(plan, { quick: true, settings: ['tests.peak.capacity.to=90/s', 'tests.peak.peak=40/s'] }).spec.tests[0]?.capacity,
  ).toMatchObject({ from: 50, to: 90, within: 0.2, peak: 40 })
  const steady = search(range, { overload: [2], quick: ok })
  expect(resolve(steady, { quick: true }).spec.tests[0]).toMatchObject({ kind: 'users', durationSec: 1 })
  const sought = peak({ ...ok, warmup: '500ms', objectives, quick: { capacity: range } })
  expect(resolve(sought, { quick: true }).spec.tests[0]).toMatchObject({ kind: 'capacity', warmupSec: 0 })
})

test('a mistake in the quick part of a search is told where it stands', () => {
  const plan = search(range, { quick: { capacity: { within: 0.2, wthin: '5%' } } })
  expect(failure(plan, { quick: true }).message).toContain('tests.peak.quick.capacity.within: expected a percentage')
  expect(failure(plan).message).toContain('tests.peak.quick.capacity.wthin: expected one of')
  expect(failure(search(range), { settings: ['tests.peak.capacity.to=5'] }).message).toContain(
    '--set tests.peak.capacity.to=5: tests.peak.capacity.to: expected a rate',
  )
})
