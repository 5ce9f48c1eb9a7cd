import { describe, expect, test } from 'vitest'
import { closedLoad, healthyRecord, histogramOf } from '../../test/kit/healthy-record.ts'
import type { HealthyOptions } from '../../test/kit/healthy-record.ts'
import { createRunData } from '../analysis/index.ts'
import type { RunData } from '../analysis/index.ts'
import type { ObjectiveSpec } from '../model/objective-spec.ts'
import type { WindowLine } from '../model/sample.ts'
import type { Alarm } from './stop-monitor.ts'
import { createStopMonitor } from './stop-monitor.ts'

const condition = (text: string, name: string, value: number, rest: Partial<ObjectiveSpec> = {}): ObjectiveSpec => ({
  text,
  metric: { name },
  op: '>',
  value,
  ...rest,
})

/** Plays a record second by second, as it grows in a run; the second in which the alarm came, and the alarm. */
function play(
  conditions: readonly ObjectiveSpec[],
  options: HealthyOptions,
): { readonly sec: number; readonly alarm: Alarm } | undefined {
  const whole = healthyRecord(options)
  const growing: RunData = createRunData(whole.header)
  for (const event of whole.events) if (event.t <= 2) growing.addEvent(event)
  const monitor = createStopMonitor(conditions)
  for (let sec = 0; sec < 30; sec++) {
    for (const line of linesOf(whole, sec)) growing.addWindow(line)
    const alarm = monitor.check(growing, 'the test', 2 + sec + 1)
    if (alarm) return { sec, alarm }
  }
  return undefined
}

function linesOf(data: RunData, sec: number): WindowLine[] {
  const test = data.tests[0]!
  const at = { t: 2 + sec, test: test.name }
  const series = (['request', 'scenario', 'check'] as const).flatMap((kind) =>
    test.windowsAt(kind, sec).map((window) => ({ ...at, ...window })),
  )
  const generators = test.generators({ from: sec, to: sec + 1 }).map(({ window }) => ({ ...at, ...window }))
  const values = Object.fromEntries(
    data.probeNames.flatMap((name) => data.probe(name, 2 + sec, 3 + sec).map(({ value }) => [name, value])),
  )
  return [...series, ...generators, { t: 2 + sec + 0.4, kind: 'probe', values }]
}

describe('a stop condition', () => {
  test('on a probe fires in the second in which it comes true', () => {
    const memory = [condition('target.memory > 1GB', 'target.memory', 1e9)]
    const probes = (sec: number) => ({ 'target.memory': sec >= 12 ? 1.1e9 : 1e8 })
    expect(play(memory, { probes })).toEqual({
      sec: 12,
      alarm: { condition: 'target.memory > 1GB', value: 1.1e9, scope: 'target' },
    })
    expect(play(memory, { probes: () => ({ 'target.memory': 9e8 }) })).toBeUndefined()
  })

  test('with `for` must be true without a break', () => {
    const cpu = [condition('target.cpu > 95% for 10s', 'target.cpu', 0.95, { forSec: 10 })]
    const busy = (from: number, not: number) => (sec: number) => ({ 'target.cpu': sec >= from && sec !== not ? 0.99 : 0.5 })
    expect(play(cpu, { probes: busy(5, -1) })?.sec).toBe(14)
    expect(play(cpu, { probes: busy(5, 12) })?.sec).toBe(22)
    expect(play(cpu, { probes: (sec) => ({ 'target.cpu': sec % 5 === 0 ? 0.5 : 0.99 }) })).toBeUndefined()
  })

  test('on the load reads each second once', () => {
    const failing = (from: number): HealthyOptions => ({
      request: (sec, window) => (sec >= from ? { failed: window.count } : {}),
    })
    const errors = [condition('errors > 50% for 5s', 'errors', 0.5, { forSec: 5 })]
    expect(play(errors, failing(10))).toEqual({ sec: 14, alarm: { condition: 'errors > 50% for 5s', value: 1, scope: 'load' } })
    expect(play(errors, {})).toBeUndefined()
  })

  test('with `over` looks at the windows so far', () => {
    const errors = [condition('errors > 30% over 4s', 'errors', 0.3, { overSec: 4 })]
    const record: HealthyOptions = { request: (sec, window) => (sec >= 10 ? { failed: window.count } : {}) }
    expect(play(errors, record)?.sec).toBe(11)
  })

  test('on a percentile counts requests that hang', () => {
    const slow = [condition('p95 > 2s', 'p95', 2000)]
    const hanging: HealthyOptions = {
      request: (sec, window) =>
        sec >= 7 ? { failed: window.count, censored: histogramOf([3e6, 3e6]), response: histogramOf([]) } : {},
    }
    expect(play(slow, hanging)?.sec).toBe(7)
    expect(play(slow, {})).toBeUndefined()
  })

  test('that compares with anything but > works too', () => {
    expect(
      play([condition('throughput < 10/s', 'throughput', 10, { op: '<' })], {
        times: (sec) => (sec < 4 ? [5, 5, 5, 5, 5, 5, 5, 5, 5, 5] : [5]),
      })?.sec,
    ).toBe(4)
  })
})

describe('the guards of the host', () => {
  test('hold when the plan says nothing, and fire after two seconds', () => {
    const full = { probes: (sec: number) => ({ 'host.memory': sec >= 6 ? 0.95 : 0.4 }) }
    expect(play([], full)).toMatchObject({ sec: 7, alarm: { scope: 'host', value: 0.95 } })
    expect(play([], { load: closedLoad(2, 30), probes: () => ({ 'host.memory': 0.85 }) })).toBeUndefined()
  })

  test('give way to a condition of the plan on the same metric', () => {
    const own = [condition('host.memory > 97%', 'host.memory', 0.97)]
    expect(play(own, { probes: () => ({ 'host.memory': 0.95 }) })).toBeUndefined()
  })
})
