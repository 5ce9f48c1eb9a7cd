import { describe, expect, it } from 'vitest'
import { outageRecord } from '../../../test/kit/outage-record.ts'
import type { OutageRecordOptions } from '../../../test/kit/outage-record.ts'
import { fifoDrain, neverBack, restarting, retryStorm, slowlyBack, untouched } from '../../../test/kit/simulated-outages.ts'
import type { OutageLoad, OutageSystem } from '../../../test/kit/simulated-outages.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { TestResult } from '../../model/run-result.ts'
import { judgeRun } from '../judge-run.ts'

const load = (perSec: number, seconds: number): OutageLoad => ({
  ...{ seed: 9, process: 'uniform', stages: [{ perSec, sec: seconds }], atSec: 12, forSec: 8 },
})

const storm = retryStorm({ rate: 100, timeoutSec: 1, retries: 2 })

const objective = (name: string, op: ObjectiveSpec['op'], value: number, fault?: string): ObjectiveSpec => ({
  ...{
    text: `${name} ${op} ${value}`,
    metric: { name, ...(fault === undefined ? {} : { selector: { kind: 'fault', name: fault } }) },
  },
  ...{ op, value, unit: 'sec' },
})

const word = (op: '=' | '!=', said: string): ObjectiveSpec => ({
  ...{ text: `metastable ${op} ${said}`, metric: { name: 'metastable' }, op, value: 0, word: said },
})

function judged(system: OutageSystem, of: OutageLoad, options: OutageRecordOptions = {}): TestResult {
  const [test] = judgeRun(outageRecord(of, system(of), options)).tests
  if (test === undefined) throw new Error('no test')
  return test
}

const verdictOf = (system: OutageSystem, of: OutageLoad, one: ObjectiveSpec) =>
  judged(system, of, { objectives: [one] }).objectives[0]

describe('an objective on recovery', () => {
  it('passes a service that is back in time, with the figure', () => {
    const result = verdictOf(fifoDrain(100), load(60, 60), objective('recovery', '<', 20))
    expect(result).toMatchObject({ verdict: 'pass', actual: 12, unit: 'sec' })
    expect(result?.reason).toBe('Recovery took 12 s after the fault "the outage"; the objective is < 20 s.')
  })

  it('fails one that takes longer', () => {
    expect(verdictOf(fifoDrain(100), load(60, 60), objective('recovery', '<', 10))).toMatchObject({ verdict: 'fail', actual: 12 })
  })

  it('fails one that was not back after a longer time than that, and has no number for it', () => {
    const result = verdictOf(neverBack(0.5), load(60, 60), objective('recovery', '<', 30))
    expect(result).toMatchObject({ verdict: 'fail', actual: null })
    expect(result?.reason).toContain('more than 40 s')
  })

  it('does not know when the load ended before its limit', () => {
    const result = verdictOf(fifoDrain(100), load(60, 28), objective('recovery', '<', 30))
    expect(result).toMatchObject({ verdict: 'unknown', actual: null })
    expect(result?.reason).toContain('let it go on for longer')
  })

  it('is unknown for a fault that the test does not have', () => {
    expect(verdictOf(fifoDrain(100), load(60, 60), objective('recovery', '<', 30, 'other'))).toMatchObject({
      verdict: 'unknown',
      reason: 'There is no fault "other"; the faults were: the outage.',
    })
  })

  it('goes by the worst of several faults, or by the one that it names', () => {
    const faults = [
      { id: 'one', atSec: 12, forSec: 8 },
      { id: 'two', atSec: 60, forSec: 4 },
    ]
    const objectives = [objective('recovery', '<', 5), objective('recovery', '<', 5, 'two')]
    const test = judged(fifoDrain(100), load(60, 90), { faults, objectives })
    expect(test.objectives.map(({ verdict }) => verdict)).toEqual(['fail', 'pass'])
    expect(test.objectives[0]?.reason).toContain('"one"')
  })
})

describe('objectives on what was lost', () => {
  it('are on the requests that would have been good, and on the worst second', () => {
    const system = restarting({ startSec: 0, warmSec: 0, slow: 1 })
    // Eight seconds of refusals at 60/s.
    expect(verdictOf(system, load(60, 60), objective('lostWork', '<', 500))).toMatchObject({ verdict: 'pass', unit: 'count' })
    expect(verdictOf(system, load(60, 60), objective('lostWork', '<', 460))).toMatchObject({ verdict: 'fail' })
    expect(verdictOf(system, load(60, 60), objective('impact', '<', 0.5))).toMatchObject({ verdict: 'fail', actual: 1 })
    expect(verdictOf(neverBack(0.3), load(60, 60), objective('impact', '<', 0.6))).toMatchObject({ verdict: 'pass' })
  })

  it('of a service that is not back are a bound: they can fail a limit, and not keep one', () => {
    expect(verdictOf(neverBack(0.5), load(60, 60), objective('lostWork', '<', 1000))).toMatchObject({
      verdict: 'fail',
      actual: null,
    })
    expect(verdictOf(neverBack(0.5), load(60, 60), objective('lostWork', '<', 1e6))).toMatchObject({ verdict: 'unknown' })
  })
})

describe('an objective on metastability', () => {
  it('fails a retry storm and passes the same below the load of escape', () => {
    expect(verdictOf(storm, load(45, 120), word('=', 'no'))).toMatchObject({ verdict: 'fail' })
    expect(verdictOf(storm, load(25, 120), word('=', 'no'))).toMatchObject({ verdict: 'pass' })
    expect(verdictOf(storm, load(45, 120), word('!=', 'yes'))).toMatchObject({ verdict: 'fail' })
  })

  it('passes a slow recovery, which is no metastable failure', () => {
    expect(verdictOf(slowlyBack(300, 2), load(60, 150), word('=', 'no'))).toMatchObject({ verdict: 'pass' })
  })

  it('does not know after a short hold', () => {
    expect(verdictOf(storm, load(45, 60), word('=', 'no'))).toMatchObject({ verdict: 'unknown' })
  })
})

describe('findings after a fault', () => {
  const named = (test: TestResult) =>
    test.findings.map(({ id }) => id).filter((id) => ['metastable-failure', 'slow-recovery', 'no-recovery'].includes(id))

  it('name what does not come back, and how', () => {
    expect(named(judged(storm, load(45, 120)))).toEqual(['metastable-failure'])
    expect(named(judged(slowlyBack(300, 2), load(60, 150)))).toEqual(['slow-recovery'])
    expect(named(judged(neverBack(0.4), load(60, 80)))).toEqual(['no-recovery'])
  })

  it('are none of a service that comes back, is not touched, or was not watched for long', () => {
    expect(named(judged(fifoDrain(100), load(60, 60)))).toEqual([])
    expect(named(judged(untouched, load(60, 60)))).toEqual([])
    expect(named(judged(fifoDrain(100), load(60, 27)))).toEqual([])
  })
})

describe('requests that fail', () => {
  const refused = restarting({ startSec: 2, warmSec: 0, slow: 1 })
  const severityOf = (test: TestResult, id: string) => test.findings.find((one) => one.id === id)?.severity

  it('while a fault is there, or until the recovery, are told and are no defect', () => {
    expect(severityOf(judged(refused, load(60, 60)), 'requests-refused')).toBe('info')
  })

  it('are one when they go on, or come without a fault', () => {
    const faults = [{ id: 'the outage', atSec: 40, forSec: 5 }]
    expect(severityOf(judged(refused, load(60, 80), { faults }), 'requests-refused')).toBe('critical')
  })
})

describe('the result of a test with a fault', () => {
  it('has the recovery beside what became of the fault', () => {
    const { faults } = judged(fifoDrain(100), load(60, 60))
    expect(faults).toMatchObject([{ id: 'the outage', verified: true, recovery: { verdict: 'recovered', clearedSec: 20 } }])
    expect(faults?.[0]?.recovery?.curve.length).toBeGreaterThan(40)
  })

  it('can be written down and read again', () => {
    const { faults } = judged(fifoDrain(100), load(60, 60))
    expect(JSON.parse(JSON.stringify(faults))).toEqual(faults)
  })
})
