import { describe, expect, it } from 'vitest'
import { closedLoad, healthyRecord, histogramOf } from '../../../test/kit/healthy-record.ts'
import { at, judged, loadStart, seconds } from '../../../test/kit/short-of-resource.ts'
import type { Story } from '../../../test/kit/short-of-resource.ts'
import type { FaultSpec } from '../../model/fault-spec.ts'
import type { RunEvent } from '../../model/run-event.ts'
import type { ResourceVerdict, TestResult } from '../../model/run-result.ts'
import { judgeRun } from '../judge-run.ts'

function only(test: TestResult): ResourceVerdict {
  expect(test.resources).toHaveLength(1)
  return test.resources![0]!
}

const files: Story = {
  limits: { files: 100 },
  probe: 'target.files',
  level: { before: 22, at: at(10, 20, 99, 40), after: 23 },
  fails: at(10, 21, 0.5, 0),
}

describe('a limit of files', () => {
  it('that is reached, and left behind when the load goes: borne', () => {
    const test = judged(files)
    expect(only(test)).toMatchObject({
      resource: 'files',
      verdict: 'PASS',
      reached: true,
      errorClass: 'closed-early',
      collateral: [],
      survived: true,
      givenBack: true,
    })
    // The last reading at the limit is of second 19; second 20 still fails.
    expect(only(test).recoveredSec).toBe(1)
    expect(test.findings.map(({ id }) => id)).not.toContain('files-exhausted')
    expect(test.limits).toEqual([{ name: 'files', asked: 100, set: true, how: 'so' }])
  })

  it('whose files are kept at rest: not given back, and named', () => {
    const test = judged({ ...files, level: { ...files.level, after: 95 } })
    expect(only(test)).toMatchObject({ verdict: 'FAIL', givenBack: false })
    expect(only(test).reason).toContain('22 files at rest before, 95 files at rest after')
    expect(test.findings.find(({ id }) => id === 'files-exhausted')?.severity).toBe('critical')
  })

  it('whose pool of database connections has grown keeps that many, and what is more is not given back', () => {
    const after = (held: number, pooled: number) =>
      only(judged({ ...files, level: { ...files.level, after: held }, pool: { before: 3, after: pooled } }))
    expect(after(40, 19)).toMatchObject({ verdict: 'PASS', givenBack: true })
    expect(after(40, 19).reason).toContain('40 files at rest after, 16 of them connections to a database')
    expect(after(60, 19)).toMatchObject({ verdict: 'FAIL', givenBack: false })
    expect(after(40, 3)).toMatchObject({ verdict: 'FAIL', givenBack: false })
  })

  it('after which requests go on to fail: no recovery', () => {
    const test = judged({ ...files, fails: at(10, 99, 0.5, 0) })
    expect(only(test)).toMatchObject({ verdict: 'FAIL', recoveredSec: null })
    expect(test.findings.map(({ id }) => id)).toContain('files-exhausted')
  })

  it('at which the load ended: nobody knows whether it recovers', () => {
    const test = judged({ ...files, level: { ...files.level, at: at(10, 99, 99, 40) }, fails: at(10, 99, 0.5, 0) })
    expect(only(test)).toMatchObject({ verdict: 'UNKNOWN', reached: true, recoveredSec: null })
    expect(test.findings.map(({ id }) => id)).not.toContain('files-exhausted')
  })

  it('that was never reached says nothing about the target', () => {
    const test = judged({ ...files, level: { ...files.level, at: () => 60 }, fails: () => 0 })
    expect(only(test)).toMatchObject({ verdict: 'UNKNOWN', reached: false, errorClass: null })
    expect(only(test).reason).toContain('its highest reading is 60 files')
  })

  it('at which requests hang: a failure, whatever comes after', () => {
    const test = judged({ ...files, how: { failures: { timeout: 1 } } })
    expect(only(test)).toMatchObject({ verdict: 'FAIL', errorClass: 'timeout' })
  })

  it('at which a status is the answer: the class is that status', () => {
    expect(only(judged({ ...files, how: { failures: { status: 1 }, statuses: { 503: 1 } } })).errorClass).toBe('status 503')
  })

  it('that takes other endpoints along names them', () => {
    expect(only(judged({ ...files, other: at(10, 21, 0.2, 0) })).collateral).toEqual(['GET /other'])
    expect(only(judged({ ...files, other: () => 0 })).collateral).toEqual([])
  })

  it('that could not be laid is no limit', () => {
    const test = judged({ ...files, set: false })
    expect(test.resources).toBeUndefined()
    expect(test.limits).toMatchObject([{ set: false }])
  })

  it('that is between two readings shows in what the target writes', () => {
    const test = judged({ ...files, level: { ...files.level, at: () => 60 }, errors: { EMFILE: 7 } })
    expect(only(test)).toMatchObject({ reached: true, verdict: 'PASS' })
    expect(only(test).reason).toContain('EMFILE 7 times')
  })
})

const gone: RunEvent = {
  t: 15,
  kind: 'target-ended',
  code: 134,
  signal: null,
  lastLines: ['FATAL ERROR: JavaScript heap out of memory'],
}
const memory: Story = {
  limits: { memoryBytes: 100e6 },
  probe: 'target.memory',
  level: { before: 50e6, at: (sec) => Math.min(99e6, 50e6 + sec * 5e6), after: 60e6 },
}

describe('a limit of memory', () => {
  it('that ends the target: not survived, and named', () => {
    const test = judged({ ...memory, events: [gone] })
    expect(only(test)).toMatchObject({ resource: 'memory', verdict: 'FAIL', reached: true, survived: false, givenBack: null })
    expect(test.findings.map(({ id }) => id)).toContain('memory-exhausted')
  })

  it('that is kept is not held against a runtime, which may have it free inside', () => {
    const { verdict, givenBack } = only(
      judged({ ...memory, level: { ...memory.level, at: at(10, 20, 99e6, 60e6), after: 99e6 } }),
    )
    expect({ verdict, givenBack }).toEqual({ verdict: 'PASS', givenBack: null })
  })
})

const cpu: FaultSpec = { id: 'cpu', atSec: 10, forSec: 10, fault: { kind: 'cpu-pressure', cores: 2, share: 1 } }
const began = (verified: boolean): RunEvent => ({
  t: loadStart + 10.2,
  kind: 'fault-started',
  test: 'the test',
  id: 'cpu',
  fault: 'cpu-pressure',
  verified,
  evidence: 'process 7 ran 99 %',
})
const over = (held: boolean, reverted: boolean): RunEvent => ({
  t: loadStart + 20.1,
  kind: 'fault-ended',
  test: 'the test',
  id: 'cpu',
  held,
  reverted,
  evidence: 'its process has ended',
})
const pressed: Story = {
  faults: [cpu],
  events: [began(true), over(true, true)],
  probe: 'target.cpu',
  level: { before: 0, at: () => 0.5, after: 0 },
}

describe('pressure on the processor', () => {
  it('that the target bears', () => {
    const test = judged(pressed)
    expect(only(test)).toMatchObject({ resource: 'cpu', verdict: 'PASS', reached: true, recoveredSec: 0, givenBack: true })
    expect(test.faults).toMatchObject([{ id: 'cpu', kind: 'cpu-pressure', verified: true }])
    expect(test.faults![0]!.at).toBeCloseTo(10.2)
    expect(test.faults![0]!.clearedAt).toBeCloseTo(20.1)
    expect(test.validity.checks.find(({ id }) => id === 'faults-active')?.verdict).toBe('ok')
  })

  it('after which it stays broken', () => {
    const test = judged({ ...pressed, fails: at(12, 99, 0.4, 0), how: { failures: { status: 1 }, statuses: { 500: 1 } } })
    expect(only(test)).toMatchObject({ verdict: 'FAIL', errorClass: 'status 500', recoveredSec: null })
    expect(test.findings.map(({ id }) => id)).toContain('cpu-not-borne')
  })

  it('that was not there voids the test, with the reason', () => {
    const test = judged({ ...pressed, events: [began(false), over(false, true)] })
    expect(test.verdict).toBe('invalid')
    expect(test.reason).toContain('The fault "cpu" was not there as the plan has it: process 7 ran 99 %')
    expect(only(test)).toMatchObject({ verdict: 'UNKNOWN', reached: false })
  })

  it('that was there and ended before its time voids the test as well', () => {
    expect(judged({ ...pressed, events: [began(true), over(false, true)] }).verdict).toBe('invalid')
  })

  it('that never began is in the result with its reason', () => {
    expect(judged({ ...pressed, events: [] }).faults).toMatchObject([{ at: null, clearedAt: null, verified: false }])
  })

  it('that stayed is told', () => {
    expect(only(judged({ ...pressed, events: [began(true), over(true, false)] }))).toMatchObject({
      verdict: 'FAIL',
      givenBack: false,
    })
  })
})

describe('errors of the operating system in the output of a target that nobody limited', () => {
  const calm: Story = { probe: 'target.files', level: { before: 20, at: () => 900, after: 20 } }

  it('are named', () => {
    const ids = judged({ ...calm, errors: { EMFILE: 12, ENOSPC: 1 } }).findings.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['files-exhausted', 'disk-full']))
  })

  it('are not there in a healthy one', () => {
    const { findings, resources, limits, faults } = judged(calm)
    expect(findings).toEqual([])
    expect([resources, limits, faults]).toEqual([undefined, undefined, undefined])
  })
})

describe('functions in process', () => {
  const none = histogramOf([])
  const verdictsOf = (failsAt: (sec: number) => boolean): readonly ResourceVerdict[] | undefined => {
    const data = healthyRecord({
      seconds,
      load: closedLoad(10, seconds),
      spec: { faults: [{ id: 'cpu', atSec: 10, forSec: 10, fault: { kind: 'cpu-pressure', cores: 2, share: 1 } }] },
      request: () => ({ count: 0, response: none, service: none }),
      generator: () => ({ requestsStarted: 0 }),
      scenario: (sec, window) => ({ failed: failsAt(sec) ? window.count : 0 }),
      events: [
        {
          t: loadStart + 10,
          kind: 'fault-started',
          test: 'the test',
          id: 'cpu',
          fault: 'cpu-pressure',
          verified: true,
          evidence: 'it ran',
        },
        {
          t: loadStart + 20,
          kind: 'fault-ended',
          test: 'the test',
          id: 'cpu',
          held: true,
          reverted: true,
          evidence: 'it is gone',
        },
      ],
    })
    return judgeRun(data).tests[0]!.resources
  }

  it('bear pressure when their iterations do, and are themselves the process that lives on', () => {
    expect(verdictsOf(() => false)).toMatchObject([
      { resource: 'cpu', verdict: 'PASS', survived: true, recoveredSec: 0, errorClass: null },
    ])
    expect(verdictsOf((sec) => sec >= 12 && sec < 22)).toMatchObject([
      { verdict: 'PASS', survived: true, recoveredSec: 2, errorClass: 'failed check' },
    ])
    expect(verdictsOf((sec) => sec >= 12)).toMatchObject([{ verdict: 'FAIL' }])
  })
})
