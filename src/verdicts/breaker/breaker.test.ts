import { describe, expect, it } from 'vitest'
import { simulateBreakerTest } from '../../../test/kit/breakers/simulate.ts'
import { correct } from '../../../test/kit/breakers/simulated-breaker.ts'
import { breakerSystems } from '../../../test/kit/breakers/systems.ts'
import { judgeBreaker, judgeBreakerObjective } from './index.ts'

const link = 'payments'

function judged(options: Omit<Parameters<typeof simulateBreakerTest>[0], 'seed'>, seed = 11) {
  const [test] = simulateBreakerTest({ ...options, seed }).tests
  if (test === undefined) throw new Error('no test')
  return judgeBreaker(test, link)
}

describe('the test of a circuit breaker', () => {
  it.each(breakerSystems)('$name: $expected', ({ expected, ...system }) => {
    const { verdict, reason, tests } = judged(system)
    expect(verdict, `${reason} ${JSON.stringify(tests)}`).toBe(expected)
  })

  it.each([42, 74, 88, 140])('sees leaks of 5 % also where they come nearly as tries would (seed %i)', (seed) => {
    const { verdict, reason } = judged({ truth: { ...correct, leak: 0.05 } }, seed)
    expect(verdict, reason).toBe('LEAKY')
  })

  it('finds the wait, the tries and the share of calls that go through', () => {
    const found = judged({ truth: { ...correct, waitSec: 3, probes: 3 } })
    expect(found.waitSec).toBeGreaterThan(2.8)
    expect(found.waitSec).toBeLessThan(3.4)
    expect(found.probes).toBe(3)
    expect(found.kappa.closed).toBeCloseTo(1, 1)
    expect(found.kappa.open).toBeLessThan(0.05)
  })

  it('tells the states without a gap', () => {
    const { states } = judged({ truth: correct })
    expect(states[0]?.fromSec).toBe(0)
    expect(states.at(-1)?.toSec).toBeCloseTo(120, 5)
    for (const [i, { fromSec }] of states.entries()) if (i > 0) expect(fromSec).toBe(states[i - 1]?.toSec)
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['closed', 'open', 'half-open']))
  })

  it('says what it had no time for, and that it does not know', () => {
    const short = judged({ truth: { ...correct, waitSec: 10 }, seconds: 40 })
    expect(short.verdict).toBe('UNKNOWN')
    expect(short.tests.find(({ id }) => id === 'T8')).toMatchObject({
      verdict: 'skipped',
      evidence: expect.stringMatching(/s were left/) as string,
    })
    expect(judged({ truth: correct, perSec: 1 }).reason).toMatch(/it takes more load, or more time/)
  })

  it('does not take a dependency that nobody calls for a breaker', () => {
    expect(judged({ truth: correct, needs: 0 }).verdict).toBe('UNKNOWN')
  })

  it('judges a record that breaks off by what it has', () => {
    const killed = judged({ truth: correct, killedSec: 12 })
    expect(killed.tests.find(({ id }) => id === 'T1')?.verdict).toBe('pass')
    expect(killed).toMatchObject({ verdict: 'UNKNOWN', reason: expect.stringMatching(/the test ended before/) as string })
  })
})

describe('an objective on a breaker', () => {
  const objective = (op: '=' | '!=', word: string) => ({
    ...{ text: `breaker(payments) ${op} ${word}`, op, word, value: 0 },
    metric: { name: 'breaker', selector: { kind: 'link' as const, name: link } },
  })
  const stuck = judged({ truth: { ...correct, neverTries: true } })

  it('holds when the verdict is the word', () => {
    expect(judgeBreakerObjective(objective('=', 'stuck-open'), [stuck])?.verdict).toBe('pass')
    expect(judgeBreakerObjective(objective('!=', 'stuck-open'), [stuck])?.verdict).toBe('fail')
    expect(judgeBreakerObjective(objective('=', 'ok'), [stuck])).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/^STUCK_OPEN: no call for \d+ s/) as string,
    })
  })

  it('is unknown when nobody knows the verdict', () => {
    expect(judgeBreakerObjective(objective('=', 'ok'), [{ ...stuck, verdict: 'UNKNOWN' }])?.verdict).toBe('unknown')
    expect(judgeBreakerObjective(objective('=', 'ok'), undefined)?.verdict).toBe('unknown')
    expect(judgeBreakerObjective({ ...objective('=', 'ok'), metric: { name: 'p95' } }, [stuck])).toBeUndefined()
  })
})
