import { describe, expect, it } from 'vitest'
import { syntheticCapacity } from '../../../test/kit/synthetic-capacity.ts'
import type { SyntheticCapacityOptions } from '../../../test/kit/synthetic-capacity.ts'
import type { MeasuredAs, VariantRunOptions } from '../../../test/kit/variant-run.ts'
import { variantRun } from '../../../test/kit/variant-run.ts'
import { seededRandom } from '../../base/random.ts'
import type { VariantsResult } from '../../model/variants-result.ts'
import { judgeVariants } from './judge-variants.ts'

function compared(options: VariantRunOptions): VariantsResult {
  const { data, results } = variantRun(options)
  return judgeVariants(data, results)![0]!
}

const figure = ({ figures }: VariantsResult, id: string) => figures.find((one) => one.id === id)!

/** A machine that is up to 4 % faster or slower from test to test. */
function noise(seed: number): () => number {
  const random = seededRandom(seed)
  return () => 1 + 0.08 * (random.next() - 0.5)
}

/** Capacity searches of servers whose service rate is known. */
function searches(rates: Readonly<Record<string, number>>, seed: number, more: SyntheticCapacityOptions = {}): MeasuredAs {
  const some = noise(seed)
  return (_, variant) => ({
    capacity: syntheticCapacity({ ...more, rate: rates[variant]! * some(), from: 50 }),
    verdict: 'passed',
  })
}

/** Tests of a fixed load, whose cost in processor time and whose p95 are known. */
function loads(cost: Readonly<Record<string, number>>, seed: number): MeasuredAs {
  const some = noise(seed)
  return (healthy, variant) => {
    const share = 0.2 * cost[variant]! * some()
    const cpu = { unit: 'ratio', min: share, mean: share, max: share, p95: share }
    return {
      verdict: 'passed',
      probes: { 'target.cpu': cpu },
      latencyMs: { ...healthy.latencyMs, p95: 20 * cost[variant]! * some() },
    }
  }
}

describe('the variants of a capacity search', () => {
  const variants = ['with all', 'without audit', 'pool of 20']

  it('show the one that bears more, by how much, and that another one does not', () => {
    const rates = { 'with all': 340, 'without audit': 340, 'pool of 20': 510 }
    const result = compared({ variants, rounds: 3, as: searches(rates, 1) })
    const { values } = figure(result, 'capacity')
    expect(values.map(({ difference }) => difference)).toEqual(['reference', 'none', 'more'])
    // p95 < 100 ms is held up to μ − ln(20)/0.1 = 310 and 480 requests a second.
    const truth = (510 - 29.957) / (340 - 29.957)
    const [low, high] = values[2]!.interval!
    expect(low).toBeLessThan(truth)
    expect(high).toBeGreaterThan(truth)
    expect(result.best.variant).toBe('pool of 20')
    expect(result.best.reason).toMatch(/^More capacity than “with all”: 1\.\d\d times \(95 % interval 1\.\d\d to \d\.\d\d\)\.$/)
  })

  it('claim no difference between twins', () => {
    const rates = { 'with all': 340, 'without audit': 340, 'pool of 20': 340 }
    for (let seed = 1; seed <= 20; seed++) {
      const result = compared({ variants, rounds: 2, as: searches(rates, seed) })
      expect(figure(result, 'capacity').values.map(({ difference }) => difference)).toEqual(['reference', 'none', 'none'])
      expect(result.best).toEqual({ variant: 'with all', reason: 'No other one is shown to be better.' })
    }
  })

  it('do not need an end that no search found', () => {
    const some = noise(3)
    const as: MeasuredAs = (_, variant) => ({
      verdict: 'passed',
      capacity:
        variant === 'b'
          ? syntheticCapacity({ kind: 'at-least', rate: 900 * some(), from: 50 })
          : syntheticCapacity({ rate: 340 * some(), from: 50 }),
    })
    const result = compared({ variants: ['a', 'b'], rounds: 2, as })
    const [, b] = figure(result, 'capacity').values
    expect(b).toMatchObject({ ratio: null, value: null, high: null, difference: 'more' })
    expect(b!.interval![0]).toBeGreaterThan(2)
    expect(result.best.reason).toMatch(/at least 2\.\d\d times\.$/)
  })

  it('leave a question open that one round cannot answer, and show what the search is sure of', () => {
    const result = compared({ variants: ['a', 'b'], rounds: 1, as: searches({ a: 340, b: 510 }, 1) })
    expect(figure(result, 'capacity').values[1]).toMatchObject({
      difference: 'unknown',
      interval: [expect.any(Number), expect.any(Number)],
    })
    expect(result.best).toEqual({
      variant: null,
      reason: 'It is not known: one round does not tell a difference from the noise of the machine.',
    })
  })
})

describe('the variants of a fixed load', () => {
  it('are compared by throughput, p95 and answers a CPU second', () => {
    const result = compared({
      variants: ['with all', 'without audit'],
      rounds: 3,
      as: loads({ 'with all': 1, 'without audit': 0.7 }, 5),
    })
    expect(result.figures.map(({ id, values }) => [id, values[1]!.difference])).toEqual([
      ['throughput', 'none'],
      ['p95', 'less'],
      ['perCpuSecond', 'more'],
    ])
    expect(result.best.variant).toBe('without audit')
    expect(result.best.reason).toContain('Lower p95 than “with all”: 0.7')
  })

  it('are told apart from twins', () => {
    let claims = 0
    for (let seed = 1; seed <= 40; seed++) {
      const { figures } = compared({ variants: ['a', 'b', 'c'], rounds: 2, as: loads({ a: 1, b: 1, c: 1 }, seed) })
      claims += figures
        .flatMap(({ values }) => values)
        .filter(({ difference }) => difference === 'more' || difference === 'less').length
    }
    // 40 runs with two figures that have noise, 5 % each: 4 expected, and 10 is beyond three standard deviations.
    expect(claims).toBeLessThan(10)
  })

  it('are not best when they miss an objective that another one holds', () => {
    const as = loads({ a: 1, b: 0.5 }, 2)
    const failing: MeasuredAs = (healthy, variant, round) => ({
      ...as(healthy, variant, round),
      verdict: variant === 'b' ? 'failed' : 'passed',
    })
    expect(compared({ variants: ['a', 'b'], rounds: 3, as: failing }).best.variant).toBe('a')
    const limited: MeasuredAs = (healthy, variant, round) => ({
      ...as(healthy, variant, round),
      verdict: variant === 'b' ? 'invalid' : 'passed',
    })
    expect(compared({ variants: ['a', 'b'], rounds: 3, as: limited }).best.variant).toBe('b')
    const firstFails: MeasuredAs = (healthy, variant, round) => ({
      ...as(healthy, variant, round),
      verdict: variant === 'a' ? 'failed' : 'passed',
    })
    expect(compared({ variants: ['b', 'a'].toReversed(), rounds: 3, as: firstFails }).best.variant).toBe('b')
  })

  it('that were not measured rightly, or not to the end, are no part of it', () => {
    const as = loads({ a: 1, b: 0.5, c: 0.5 }, 2)
    const invalid: MeasuredAs = (healthy, variant, round) => ({
      ...as(healthy, variant, round),
      ...(variant === 'b' && round === 2 ? { validity: { verdict: 'void', checks: [] }, verdict: 'invalid' } : {}),
    })
    const result = compared({ variants: ['a', 'b', 'c'], rounds: 3, as: invalid })
    expect(figure(result, 'p95').values.map(({ difference }) => difference)).toEqual(['reference', 'unknown', 'less'])
    expect(figure(result, 'p95').values[1]!.reason).toBe('it was not measured in every round')
    expect(result.variants[1]!.tests.map(({ counts }) => counts)).toEqual([true, false, true])
  })

  it('whose times alone are in doubt still tell what an answer costs the target', () => {
    const as = loads({ a: 1, b: 0.5 }, 2)
    const check = { id: 'event-loop-delay', title: '', verdict: 'void', value: 9, limit: 2, unit: 'ms', advice: '' } as const
    const late: MeasuredAs = (healthy, variant, round) => ({
      ...as(healthy, variant, round),
      validity: { verdict: 'void', checks: [check] },
      verdict: 'invalid',
    })
    const result = compared({ variants: ['a', 'b'], rounds: 3, as: late })
    expect(result.figures.map(({ id, values }) => [id, values[1]!.difference])).toEqual([['perCpuSecond', 'more']])
    const wrong: MeasuredAs = (healthy, variant, round) => ({
      ...late(healthy, variant, round),
      validity: { verdict: 'void', checks: [check, { ...check, id: 'conservation' }] },
    })
    expect(compared({ variants: ['a', 'b'], rounds: 3, as: wrong }).figures).toEqual([])
  })

  it('of a run that was ended are compared by the rounds that it had', () => {
    const as = loads({ a: 1, b: 0.5 }, 2)
    const result = compared({ variants: ['a', 'b'], rounds: 5, ran: 3, as })
    expect(figure(result, 'p95').values[1]!.difference).toBe('less')
    expect(compared({ variants: ['a', 'b'], rounds: 5, ran: 0, as }).best.variant).toBeNull()
  })
})
