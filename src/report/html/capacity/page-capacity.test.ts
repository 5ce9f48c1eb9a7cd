import { expect, test } from 'vitest'
import { syntheticCapacity } from '../../../../test/kit/synthetic-capacity.ts'
import { capacityFigures, capacityHeading } from './capacity-figures.ts'
import { pageCapacity } from './page-capacity.ts'

test('the heading answers in one line what it bears, what breaks first, and how', () => {
  expect(capacityHeading(syntheticCapacity({ beyond: 'shed' }))).toBe(
    'Bears 300/s, breaks at 313/s; first limit: busiest thread; beyond it the target sheds what it cannot carry',
  )
  expect(capacityHeading(syntheticCapacity({ kind: 'at-least' }))).toMatch(/^Bears at least 279\/s: [^;]+$/)
  expect(capacityHeading(syntheticCapacity({ kind: 'fails-at-from' }))).toMatch(/^Does not bear 373\/s, the smallest load/)
  expect(capacityHeading(syntheticCapacity({ unit: 'users' }))).toMatch(/^Bears 318 users, breaks at 332 users/)
})

test('every resource has one share a point of the curve, and the one that limits comes first', () => {
  const { curve, resources } = pageCapacity(syntheticCapacity())
  expect(curve.map(({ load }) => load)).toEqual([...curve.map(({ load }) => load)].sort((a, b) => a - b))
  for (const { shares } of resources) expect(shares).toHaveLength(curve.length)
  expect(resources.map(({ limiting }) => limiting)).toEqual([true, false, false, false, false])
})

test('a lower end without an upper one is marked as "at least", and an upper one without a lower as where it breaks', () => {
  const mark = (kind: 'at-least' | 'fails-at-from' | 'interval' | 'unfinished') =>
    pageCapacity(syntheticCapacity({ kind })).marks.find((one) => one.kind === 'capacity')
  expect(mark('at-least')).toMatchObject({ from: 279, to: 279, label: 'at least 279/s' })
  expect(mark('fails-at-from')).toMatchObject({ at: 373, label: 'breaks at 373/s' })
  expect(mark('interval')).toMatchObject({ from: 300, to: 313, at: 300 })
  expect(mark('unfinished')).toMatchObject({ from: 300, to: 350 })
})

test('a trial says why it fails, why it was cut short, and why it does not count', () => {
  const failing = pageCapacity(syntheticCapacity()).search.trials.find(({ load }) => load === 400)
  expect(failing?.note).toBe('misses p95 < 100ms; kept growing; ended after 10 s of 30 s: certain')
  const voided = pageCapacity(syntheticCapacity({ kind: 'generator-limited' })).search.trials.find(
    ({ verdict }) => verdict === 'void',
  )
  expect(voided?.note).toMatch(/^does not count: generator-cpu/)
})

test('overload keeps its points in order of their factors and tells a shedder from a collapser in its heading', () => {
  const shed = pageCapacity(syntheticCapacity({ overload: true, beyond: 'shed' })).overload
  expect(shed?.heading).toMatch(
    /^Beyond the capacity it degrades gracefully: 9\d\.?\d* % of the goodput is kept at 3 times the load$/,
  )
  expect(shed?.points.map(({ factor }) => factor)).toEqual([1.25, 1.5, 2, 3, 5])
  const collapse = pageCapacity(syntheticCapacity({ overload: true, beyond: 'congestion-collapse' })).overload
  expect(collapse?.heading).toMatch(/^Beyond the capacity it collapses: /)
  expect(collapse?.hysteresis).toMatchObject({ verdict: 'stuck', recoveredSec: null })
})

test('what nobody knows is no figure: no p99 without samples, no fit from few loads, no knee from one', () => {
  const page = pageCapacity(syntheticCapacity({ kind: 'unfinished', trials: 'one', p99: false }))
  expect(page.curve).toHaveLength(1)
  expect(page.curve[0]?.p99).toBeNull()
  expect(page.fit).toEqual([])
  expect(page.marks.map(({ kind }) => kind)).not.toContain('knee')
})

test('the figures at the head are those of the search, not means over all its trials', () => {
  const figures = Object.fromEntries(capacityFigures(syntheticCapacity()).map(({ label, value }) => [label, value]))
  expect(figures).toMatchObject({ Bears: '300/s', 'Breaks at': '313/s', Goodput: '295/s', Headroom: '30 %', Search: '10 trials' })
})

test('loads beyond the capacity do not stretch the curve of the search', () => {
  const capacity = syntheticCapacity({ overload: true })
  const [first] = capacity.curve
  if (first === undefined) throw new Error('the synthetic search has no curve')
  const page = pageCapacity({ ...capacity, curve: [...capacity.curve, { ...first, offered: 1500 }] })
  expect(Math.max(...page.curve.map(({ load }) => load))).toBe(400)
})

test('the title of a resource stands in a sentence without losing an abbreviation', () => {
  const named = (title: string) => {
    const capacity = syntheticCapacity()
    return capacityHeading({ ...capacity, saturation: capacity.saturation.map((use) => ({ ...use, title })) })
  }
  expect(named('Connection pool of the target')).toContain('; first limit: connection pool of the target;')
  expect(named('CPU of the target, all cores')).toContain('; first limit: CPU of the target, all cores;')
})

test('what is offered stands beside the goodput in requests, however many an arrival makes', () => {
  const capacity = syntheticCapacity()
  const threeEach = capacity.curve.map((point) => ({ ...point, goodput: 3 * point.goodput }))
  expect(pageCapacity(capacity).requestsEach).toBe(1)
  expect(pageCapacity({ ...capacity, curve: threeEach }).requestsEach).toBeCloseTo(3, 1)
  expect(pageCapacity({ ...capacity, curve: [] }).requestsEach).toBe(1)
})
