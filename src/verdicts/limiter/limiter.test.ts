import { describe, expect, it } from 'vitest'
import type { LimiterDefect, LimiterTruth } from '../../../test/kit/limiters/limiter-model.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import type { SimulatedLimiterRun } from '../../../test/kit/limiters/simulate.ts'
import { simulatedLimiter, simulateLimiterTest } from '../../../test/kit/limiters/simulate.ts'
import { slowLimiterSystems } from '../../../test/kit/limiters/slow-systems.ts'
import { limiterSystems } from '../../../test/kit/limiters/systems.ts'
import { seededRandom } from '../../base/random.ts'
import { limiterEvidence } from './evidence.ts'
import { judgeLimiter, judgeLimiterObjective, limiterFindings } from './index.ts'

function judged(run: SimulatedLimiterRun) {
  const data = simulateLimiterTest(run)
  const [test] = data.tests
  if (test === undefined) throw new Error('no test')
  return judgeLimiter(data, test, simulatedLimiter)
}

const bucket = { kind: 'token bucket', ratePerSec: 10, burst: 20 } as const

/** More on another day: each system is drawn anew for each seed. */
const seeds = Number(process.env['LIMITER_SEEDS'] ?? 3)

describe('the test of a rate limiter', () => {
  it.each(limiterSystems)('$name: $expected', ({ expected, kind, draw }) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const source = seededRandom(seed)
      const run = draw(() => source.next())
      const found = judged({ ...run, seed })
      const told = `seed ${String(seed)} ${JSON.stringify(run)} ${JSON.stringify({ ...found, probe: null }, null, 1)}`
      expect(found.verdict, told).toBe(expected)
      if (kind !== undefined) expect(found.fit?.kind, told).toBe(kind)
    }
  })

  it.each(slowLimiterSystems)('$name: $expected, or unknown', ({ expected, draw }) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const source = seededRandom(seed)
      const run = draw(() => source.next())
      const found = judged({ ...run, seed })
      const told = `seed ${String(seed)} ${JSON.stringify(run)} ${JSON.stringify({ ...found, probe: null }, null, 1)}`
      expect([expected, 'UNKNOWN'], told).toContain(found.verdict)
    }
  })

  // A bucket with room for one token, and a window that slides, let less through where nobody asks: 60 % of the time something stands still.
  it.each([
    ['token bucket, a starved client', 9017],
    ['token bucket, a starved server', 9017],
    ['token bucket, all of them starved', 7009],
    ['sliding log, all of them starved', 9003],
  ])('%s: what is lost while nobody asks is no broken promise', (name, seed) => {
    const system = slowLimiterSystems.find((one) => one.name === name)
    if (system === undefined) throw new Error(`no system ${name}`)
    const source = seededRandom(seed)
    expect(['ENFORCED', 'UNKNOWN']).toContain(judged({ ...system.draw(() => source.next()), seed }).verdict)
  })

  it('says in what way the reset lies', () => {
    const reasonOf = (defect: LimiterDefect, truth: LimiterTruth = bucket): string =>
      judged({ truth: { ...truth, defect }, seed: 5, seconds: 90 }).reason
    expect(reasonOf('late reset')).toMatch(/A reset in 9,000 ms is said, and it is full after 2,\d+ ms/)
    expect(reasonOf('reset after retry')).toMatch(/Retry-After says 1,000 ms where the reset is in 4,000 ms/)
    const slow = { ...bucket, ratePerSec: 0.3, burst: 3 }
    expect(reasonOf('early reset', slow)).toMatch(/A reset in 1,000 ms is said, and nothing was let through for longer/)
  })

  it('does not hold a reset of its own against Retry-After', () => {
    const own = judged({ truth: { ...bucket, burst: 40, defect: 'reset after retry' }, seed: 5, seconds: 90, isOwnReset: true })
    expect(own.verdict).toBe('ENFORCED')
  })

  it('measures rate and burst, with intervals that hold them', () => {
    const { fit, probe } = judged({ truth: bucket, seed: 5 })
    expect(fit?.ratePerSec.value).toBeCloseTo(10, 1)
    expect(fit?.burst.value).toBeCloseTo(20, 0)
    const { ratePerSec, burst } = fit ?? { ratePerSec: { low: 0, high: 0 }, burst: { low: 0, high: 0 } }
    // The measurement rounds to whole requests: a tenth of a per cent is less than that.
    expect(ratePerSec.low).toBeLessThan(10.01)
    expect(ratePerSec.high).toBeGreaterThan(9.99)
    expect(burst.high - burst.low).toBeLessThan(1)
    expect(probe?.points.at(-1)?.accepted).toBe(probe?.accepted)
  })

  it('measures quota and length of a window', () => {
    const truth = { kind: 'fixed window', ratePerSec: 5, burst: 10, phase: 0.4 } as const
    const { fit, tests } = judged({ truth, seed: 5, seconds: 90 })
    expect(fit).toMatchObject({ kind: 'fixed window', burst: { value: 10 } })
    expect(fit?.windowSec).toBeCloseTo(2, 1)
    expect(tests.find(({ id }) => id === 'boundary')?.evidence).toMatch(/^20 let through within .* twice the quota/)
    const log = judged({ truth: { ...truth, kind: 'sliding log' }, seed: 5, seconds: 90 })
    expect(log.tests.find(({ id }) => id === 'boundary')?.evidence).toMatch(/^10 let through/)
  })

  it('tells a race from too much, though the race makes the probe see more than there is', () => {
    const truth = { kind: 'token bucket', ratePerSec: 50, burst: 100, storeSec: 0.002 } as const
    const of = (run: Omit<SimulatedLimiterRun, 'seed' | 'expect'>) =>
      judged({ expect: { ratePerSec: 50, burst: 100 }, serverStallsSec: 0.3, ...run, seed: 5 })
    const { verdict, defects, reason, fit } = of({ truth: { ...truth, defect: 'racy' } })
    expect(fit?.ratePerSec.low).toBeGreaterThan(100)
    expect({ verdict, defects }, reason).toEqual({ verdict: 'RACY', defects: ['RACY'] })
    expect(reason).toMatch(/in all, where [\d.]+ are allowed, and 1\d\d one after the other/)
    expect(of({ truth }).verdict).toBe('ENFORCED')
    expect(of({ truth: { ...truth, burst: 200 } }).verdict).toBe('OVER_ADMITS')
  })

  it('does not take a probe for two where the machine stood still', () => {
    const data = simulateLimiterTest({ truth: bucket, seed: 5, killedSec: 8 })
    const [test] = data.tests
    const [spec] = data.header.plan.limiters ?? []
    if (test === undefined || spec === undefined) throw new Error('no test')
    const before = limiterEvidence(data, test, spec)?.probe ?? []
    const { key = 0, at = 0 } = before.at(-1) ?? {}
    const sent = (sec: number): LimiterAnswer => ({ at: at + sec, ms: 1, status: 429, key, part: 'stream' })
    const add = (...answers: readonly LimiterAnswer[]): void =>
      data.addEvent({
        t: 10,
        kind: 'limiter-step',
        test: test.name,
        limiter: simulatedLimiter,
        stage: 'probe',
        step: 'answers',
        answers,
      })
    add(sent(1.5))
    expect(limiterEvidence(data, test, spec)?.probe).toHaveLength(before.length + 1)
    add(sent(1.5 + 3.5))
    expect(limiterEvidence(data, test, spec)?.probe).toHaveLength(1)
  })

  it('does not call enforced what it had no time to evade', () => {
    const { verdict, reason } = judged({ truth: bucket, seed: 5, seconds: 8 })
    expect(verdict, reason).toBe('UNKNOWN')
    expect(reason).toMatch(
      /^Not known: bypass: refused all the same with another new connection, .*; no time was left to try .*method\.$/,
    )
    expect(judged({ truth: bucket, seed: 5, seconds: 30 }).verdict).toBe('ENFORCED')
  })

  it('says how a limiter is evaded', () => {
    const { bypasses, reason } = judged({ truth: { ...bucket, defect: 'by x-forwarded-for' }, seed: 5 })
    expect(bypasses).toEqual(['x-forwarded-for'])
    // A token comes back now and then between two requests.
    expect(reason).toMatch(/x-forwarded-for \(20 of 20 served, without it [012] of 20\)/)
    expect(judged({ truth: { ...bucket, defect: 'by path' }, seed: 5 }).bypasses).toEqual(['path case', 'trailing slash'])
  })

  it('knows a limiter of connections where a client has so many of them that none is refused', () => {
    const { verdict, reason, tests } = judged({ truth: { ...bucket, defect: 'by connection' }, connections: 200, seed: 5 })
    expect(verdict).toBe('BYPASSABLE')
    expect(reason).toMatch(/^Over one connection a client was refused after 20 requests, over several none of \d+ was/)
    expect(tests.map(({ id }) => id)).toEqual(['probe', 'bypass'])
  })

  it('says by how much more than promised is let through', () => {
    const { factor } = judged({ truth: bucket, expect: { ratePerSec: 4 }, seed: 5 })
    expect(factor).toBeCloseTo(2.5, 1)
  })

  it('does not judge a limiter that is slower than the test is long', () => {
    const slow = { kind: 'fixed window', ratePerSec: 5 / 60, burst: 5 } as const
    const { verdict, reason } = judged({ truth: slow, seed: 5, seconds: 30 })
    expect(verdict).toBe('UNKNOWN')
    expect(reason).toMatch(/it takes a longer test, by what its Retry-After says/)
  })

  it('judges a record that breaks off by what it has', () => {
    expect(judged({ truth: bucket, seed: 5, killedSec: 1 }).verdict).toBe('UNKNOWN')
    const killed = judged({ truth: bucket, seed: 5, killedSec: 8 })
    expect(killed.fit?.ratePerSec.value).toBeCloseTo(10, 0)
    expect(killed.verdict).toBe('UNKNOWN')
  })
})

describe('an objective on a rate limiter', () => {
  const objective = (op: '=' | '!=', word: string) => ({
    ...{ text: `limiter(login) ${op} ${word}`, op, word, value: 0 },
    metric: { name: 'limiter', selector: { kind: 'limiter' as const, name: simulatedLimiter } },
  })
  const racy = judged({ truth: { ...bucket, defect: 'racy' }, seed: 5 })

  it('holds when the verdict is the word', () => {
    expect(judgeLimiterObjective(objective('=', 'racy'), [racy])).toMatchObject({ verdict: 'pass', word: 'racy' })
    expect(judgeLimiterObjective(objective('=', 'enforced'), [racy])).toMatchObject({ verdict: 'fail', word: 'racy' })
    expect(judgeLimiterObjective(objective('=', 'enforced'), [judged({ truth: bucket, seed: 5 })])?.verdict).toBe('pass')
  })

  it('is unknown when nobody knows the verdict', () => {
    expect(judgeLimiterObjective(objective('=', 'enforced'), [{ ...racy, verdict: 'UNKNOWN' }])?.verdict).toBe('unknown')
    expect(judgeLimiterObjective(objective('=', 'enforced'), undefined)).toMatchObject({ verdict: 'unknown', word: 'unknown' })
  })

  it('has a finding for each defect', () => {
    expect(limiterFindings([racy])).toMatchObject([{ id: 'rate-limit-racy', severity: 'critical' }])
    expect(limiterFindings([judged({ truth: bucket, seed: 5 })])).toEqual([])
  })
})
