import { describe, expect, it } from 'vitest'
import type { HealthyOptions } from '../../../test/kit/healthy-record.ts'
import { healthyRecord } from '../../../test/kit/healthy-record.ts'
import type { AlertSpec } from '../../model/alert-spec.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { RunEvent } from '../../model/run-event.ts'
import { parseObjective } from '../../plan/index.ts'
import { judgeRun } from '../judge-run.ts'

/** Of the record of the kit: start of its load on the run clock. */
const start = 2
const seconds = 60

const lag: AlertSpec = {
  name: 'slow',
  when: parseObjective('app.lag > 0.2', 'test', { metrics: [], prefixes: ['app'], stopWhen: true }),
  raisedWithinSec: 5,
  clearedWithinSec: 10,
}
const ok: ObjectiveSpec = { text: 'alerts = ok', metric: { name: 'alerts' }, op: '=', value: 0, word: 'ok' }

function alert(sec: number, status: 'raised' | 'cleared', more: { readonly name?: string; readonly of?: string } = {}): RunEvent {
  return { t: start + sec, kind: 'alert', test: 'the test', name: 'slow', status, ...more }
}

interface Course {
  readonly events: readonly RunEvent[]
  /** Seconds in which the probe is beyond the threshold. */
  readonly bad?: readonly (readonly [from: number, to: number])[]
  readonly alerts?: readonly AlertSpec[]
  readonly record?: HealthyOptions
}

function judged({ events, bad = [[20, 40]], alerts = [lag], record = {} }: Course) {
  const data = healthyRecord({
    seconds,
    perSec: 20,
    probes: (sec) => ({ 'app.lag': bad.some(([from, to]) => sec >= from && sec < to) ? 0.5 : 0.01 }),
    objectives: [ok],
    ...record,
    plan: { alerts },
    events,
  })
  const [test] = judgeRun(data).tests
  const ids = (test?.findings ?? []).map(({ id }) => id).filter((id) => id.startsWith('alert'))
  return { alerts: test?.alerts, first: test?.alerts?.[0], ids, objective: test?.objectives[0] }
}

describe('an alert of the target', () => {
  it('is ok when it is raised in time and cleared in time', () => {
    const { first, ids, objective } = judged({ events: [alert(23, 'raised'), alert(45, 'cleared')] })
    expect(first).toMatchObject({ verdict: 'OK', condition: 'app.lag > 0.2' })
    expect(first?.raisedAfterSec).toBeCloseTo(2.6)
    expect(first?.clearedAfterSec).toBeCloseTo(4.6)
    expect(ids).toEqual([])
    expect(objective).toMatchObject({ verdict: 'pass', word: 'ok' })
  })

  it('is missing when it was due for longer than it may take, and never came', () => {
    const { first, ids, objective } = judged({ events: [] })
    expect(first?.verdict).toBe('MISSING')
    expect(ids).toEqual(['alert-missing'])
    expect(objective).toMatchObject({ verdict: 'fail', word: 'missing' })
  })

  it('need not come for what is over sooner than it may take, and may', () => {
    expect(judged({ events: [], bad: [[20, 23]] }).first?.verdict).toBe('OK')
    expect(judged({ events: [alert(24, 'raised'), alert(28, 'cleared')], bad: [[20, 23]] }).first?.verdict).toBe('OK')
  })

  it('is late when it comes after the time that was promised', () => {
    const { first, ids } = judged({ events: [alert(31, 'raised'), alert(44, 'cleared')] })
    expect(first?.verdict).toBe('LATE')
    expect(first?.raisedAfterSec).toBeCloseTo(10.6)
    expect(ids).toEqual(['alert-late'])
  })

  it('is false when it comes without its cause', () => {
    const { first, ids } = judged({ events: [alert(30, 'raised'), alert(33, 'cleared')], bad: [] })
    expect(first).toMatchObject({ verdict: 'FALSE', due: [] })
    expect(ids).toEqual(['alert-false'])
    expect(judged({ events: [alert(8, 'raised'), alert(10, 'cleared'), alert(22, 'raised'), alert(44, 'cleared')] }).ids).toEqual(
      ['alert-false'],
    )
  })

  it('is well when nothing happens and it says nothing', () => {
    const { first, ids, objective } = judged({ events: [], bad: [] })
    expect(first).toMatchObject({ verdict: 'OK', reason: 'It was not due, and was not raised.' })
    expect(ids).toEqual([])
    expect(objective?.verdict).toBe('pass')
  })

  it('is stuck when it is not cleared, or long after its cause', () => {
    const { first, ids } = judged({ events: [alert(23, 'raised')] })
    expect(first).toMatchObject({ verdict: 'STUCK', raised: [{ toSec: null }] })
    expect(ids).toEqual(['alert-stuck'])
    expect(judged({ events: [alert(23, 'raised'), alert(56, 'cleared')] }).first?.verdict).toBe('STUCK')
  })

  it('is unknown when the record ends before it had to be cleared', () => {
    const { first, objective } = judged({ events: [alert(52, 'raised')], bad: [[50, 60]] })
    expect(first?.verdict).toBe('UNKNOWN')
    expect(objective?.verdict).toBe('unknown')
  })

  it('may be told again while it lasts, and for several things under one name', () => {
    const events = [
      alert(22, 'raised', { of: 'loop=a' }),
      alert(24, 'raised', { of: 'loop=b' }),
      alert(30, 'raised', { of: 'loop=a' }),
      alert(42, 'cleared', { of: 'loop=a' }),
      alert(44, 'cleared', { of: 'loop=b' }),
    ]
    const { first } = judged({ events })
    expect(first).toMatchObject({ verdict: 'OK', raised: [{ fromSec: 22, toSec: 44 }] })
  })

  it('may stay through a pause that is shorter than the time to clear it', () => {
    const bad = [
      [20, 28],
      [34, 42],
    ] as const
    expect(judged({ events: [alert(22, 'raised'), alert(46, 'cleared')], bad }).first).toMatchObject({
      verdict: 'OK',
      due: [{ fromSec: expect.any(Number) as number, toSec: expect.any(Number) as number }],
    })
  })

  it('is due for a condition that lasts only once it has lasted', () => {
    const when = parseObjective('app.lag > 0.2 for 5s', 'test', { metrics: [], prefixes: ['app'], stopWhen: true })
    const { first } = judged({ events: [alert(27, 'raised'), alert(45, 'cleared')], alerts: [{ ...lag, when }] })
    expect(first?.verdict).toBe('OK')
    expect(first?.raisedAfterSec).toBeCloseTo(1.6)
    // True in every other second is never true for five.
    const flapping = Array.from({ length: 20 }, (_, i) => [10 + 2 * i, 11 + 2 * i] as const)
    expect(judged({ events: [], bad: flapping, alerts: [{ ...lag, when }] }).first?.verdict).toBe('OK')
  })

  it('must never be raised when the plan gives no condition', () => {
    const never = { name: 'slow', raisedWithinSec: 15, clearedWithinSec: 30 }
    expect(judged({ events: [], alerts: [never] }).first?.verdict).toBe('OK')
    expect(judged({ events: [alert(5, 'raised')], alerts: [never] }).first?.verdict).toBe('FALSE')
  })

  it('may belong to a phase or a fault', () => {
    const during = { name: 'slow', during: 'peak', raisedWithinSec: 5, clearedWithinSec: 10 }
    const record = { spec: { phases: [{ name: 'peak', fromSec: 20, toSec: 40 }] } }
    expect(
      judged({ events: [alert(22, 'raised'), alert(41, 'cleared')], alerts: [during], record, bad: [] }).first?.verdict,
    ).toBe('OK')
    expect(judged({ events: [], alerts: [during], record, bad: [] }).first?.verdict).toBe('MISSING')
    // Another test, without that phase.
    expect(judged({ events: [], alerts: [during], bad: [] }).first?.verdict).toBe('OK')
    expect(judged({ events: [alert(22, 'raised'), alert(41, 'cleared')], alerts: [during], bad: [] }).first?.verdict).toBe(
      'FALSE',
    )
  })

  it('is unknown when nobody measured its condition', () => {
    const { first, ids } = judged({ events: [], record: { probes: () => ({}) } })
    expect(first).toMatchObject({ verdict: 'UNKNOWN', reason: 'Of `app.lag > 0.2` nothing was measured.' })
    expect(ids).toEqual([])
  })

  it('that the plan does not know is told, and is no defect', () => {
    const { alerts, ids, objective } = judged({ events: [alert(5, 'raised', { name: 'disk' })], bad: [] })
    expect(alerts?.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['slow', 'OK'],
      ['disk', 'UNLISTED'],
    ])
    expect(ids).toEqual([])
    expect(objective?.verdict).toBe('pass')
  })

  it('of a target that was started afresh before the load is forgotten', () => {
    const events: readonly RunEvent[] = [
      { t: 0.5, kind: 'alert', name: 'slow', status: 'raised' },
      { t: 0.8, kind: 'target-ready', startupSec: 0.1 },
    ]
    expect(judged({ events, bad: [] }).first).toMatchObject({ verdict: 'OK', raised: [] })
  })
})
