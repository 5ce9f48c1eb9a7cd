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

  test('on the processor time of our own threads reads the busiest of them, a second at a time', () => {
    const cpu = [condition('generator.cpu > 90% for 3s', 'generator.cpu', 0.9, { forSec: 3 })]
    const busy = (from: number): HealthyOptions => ({ generator: (sec) => ({ cpu: sec >= from ? 0.95 : 0.3 }) })
    expect(play(cpu, busy(10))).toEqual({
      sec: 12,
      alarm: { condition: 'generator.cpu > 90% for 3s', value: 0.95, scope: 'host' },
    })
    expect(play(cpu, {})).toBeUndefined()
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

describe('a condition on growth', () => {
  const growing = condition('target.memory.growth > 10MB/s for 20s', 'target.memory.growth', 10e6, {
    unit: 'bytesPerSec',
    forSec: 20,
  })
  const noise = (sec: number): number => 2e6 * Math.sin(sec * 2.3)

  test('is the slope of ten seconds, and fires when it was true in each of them for that long', () => {
    const probes = (sec: number) => ({ 'target.memory': 1e8 + sec * 15e6 + noise(sec) })
    const fired = play([growing], { probes })
    expect(fired?.sec).toBe(19) // the twentieth value
    expect(fired?.alarm).toMatchObject({ scope: 'target', condition: growing.text })
    expect(fired?.alarm.value).toBeGreaterThan(14e6)
    expect(fired?.alarm.value).toBeLessThan(16e6)
  })

  test('does not fire for a slower growth, a warm-up that ends, or the sawtooth of a garbage collector', () => {
    expect(play([growing], { probes: (sec) => ({ 'target.memory': 1e8 + sec * 8e6 + noise(sec) }) })).toBeUndefined()
    expect(play([growing], { probes: (sec) => ({ 'target.memory': 1e8 + Math.min(sec, 12) * 30e6 }) })).toBeUndefined()
    expect(play([growing], { probes: (sec) => ({ 'target.memory': 1e8 + (sec % 12) * 30e6 }) })).toBeUndefined()
  })

  test('notices a growth that begins late, and takes `over` as the length of the window', () => {
    const late = (sec: number) => ({ 'target.memory': 1e8 + Math.max(0, sec - 10) * 20e6 })
    const short = condition('target.memory.growth > 10MB/s over 5s', 'target.memory.growth', 10e6, {
      unit: 'bytesPerSec',
      overSec: 5,
    })
    expect(play([short], { probes: late })?.sec).toBe(13)
    expect(play([short], { probes: (sec) => ({ 'target.memory': 1e8 + (sec === 12 ? 5e8 : 0) }) })).toBeUndefined()
  })

  test('of the host is in bytes, whatever is recorded as a share', () => {
    const host = condition('host.memory.growth > 50MB/s', 'host.memory.growth', 50e6, { unit: 'bytesPerSec' })
    const free = (perSec: number) => (sec: number) => ({ 'host.memory': 0.3, 'host.memory.free': 8e9 - sec * perSec })
    expect(play([host], { probes: free(80e6) })).toMatchObject({ sec: 9, alarm: { scope: 'host' } })
    expect(play([host], { probes: free(20e6) })).toBeUndefined()
    expect(play([host], { probes: free(-80e6) })).toBeUndefined()
  })

  test('counts in its own unit for anything else that a probe tells', () => {
    const files = condition('target.files.growth > 5/s', 'target.files.growth', 5, { unit: 'perSec' })
    expect(play([files], { probes: (sec) => ({ 'target.files': 20 + 7 * sec }) })?.alarm.value).toBeCloseTo(7)
    expect(play([files], { probes: (sec) => ({ 'target.files': 20 + 3 * sec }) })).toBeUndefined()
  })
})

describe('a condition on time', () => {
  test('counts from the start of the load, or of the run', () => {
    const ofTest = condition('test.time > 12s', 'test.time', 12, { unit: 'sec' })
    expect(play([ofTest], {})).toMatchObject({ sec: 12, alarm: { value: 13, scope: 'run' } })
    expect(play([{ ...ofTest, value: 30 }], {})).toBeUndefined()
    const ofRun = condition('run.time > 12s', 'run.time', 12, { unit: 'sec' })
    expect(play([ofRun], {})).toMatchObject({ sec: 10, alarm: { value: 13, scope: 'run' } })
    expect(play([{ ...ofRun, value: 60 }], {})).toBeUndefined()
  })
})

describe('a condition during a phase', () => {
  test('is asleep in all others', () => {
    const errors = [condition('errors > 50% during busy', 'errors', 0.5, { during: 'busy' })]
    const phases = [
      { name: 'calm', fromSec: 0, toSec: 20 },
      { name: 'busy', fromSec: 20, toSec: 30 },
    ]
    const failing = (from: number, to: number): HealthyOptions => ({
      spec: { phases },
      request: (sec, window) => (sec >= from && sec < to ? { failed: window.count } : {}),
    })
    expect(play(errors, failing(5, 15))).toBeUndefined()
    expect(play(errors, failing(5, 30))?.sec).toBe(20)
  })
})

describe('a condition on the machine', () => {
  const free = (share: number, bytes: number) => () => ({ 'host.disk': 1 - share, 'host.disk.free': bytes })
  const disk = (text: string, value: number, unit: 'ratio' | 'bytes') =>
    condition(text, 'host.disk.free', value, { op: '<', unit })

  test('takes free space as a share and as a size', () => {
    expect(play([disk('host.disk.free < 5%', 0.05, 'ratio')], { probes: free(0.04, 100e9) })).toMatchObject({
      alarm: { value: expect.closeTo(0.04, 9) as number, scope: 'host' },
    })
    expect(play([disk('host.disk.free < 5%', 0.05, 'ratio')], { probes: free(0.06, 1e8) })).toBeUndefined()
    expect(play([disk('host.disk.free < 1GB', 1e9, 'bytes')], { probes: free(0.5, 9e8) })?.alarm.value).toBe(9e8)
    expect(play([disk('host.disk.free < 1GB', 1e9, 'bytes')], { probes: free(0.01, 2e9) })).toBeUndefined()
  })

  test('knows pressure and the generator itself', () => {
    const pressure = [condition('host.pressure.memory > 20% for 3s', 'host.pressure.memory', 0.2, { unit: 'ratio', forSec: 3 })]
    const pressed = (from: number) => (sec: number) => ({ 'host.pressure.memory': sec >= from ? 0.3 : 0.01 })
    expect(play(pressure, { probes: pressed(5) })).toMatchObject({ sec: 7, alarm: { scope: 'host' } })
    expect(play(pressure, { probes: pressed(28) })).toBeUndefined()
    const own = [condition('generator.memory > 1GB', 'generator.memory', 1e9, { unit: 'bytes' })]
    const holds = (bytes: number) => () => ({ 'generator.memory': bytes, 'generator.memory.share': 0.01 })
    expect(play(own, { probes: holds(1.2e9) })).toMatchObject({ sec: 0, alarm: { value: 1.2e9, scope: 'host' } })
    expect(play(own, { probes: holds(9e8) })).toBeUndefined()
  })
})

describe('a monitor that begins in the middle of the load', () => {
  test('does not look at what was before', () => {
    const whole = healthyRecord({ probes: (sec) => ({ 'target.memory': sec < 12 ? 2e9 : 1e8 }) })
    const memory = [condition('target.memory > 1GB', 'target.memory', 1e9)]
    const errors = [condition('throughput > 1/s', 'throughput', 1)]
    const firedAfter = (conditions: readonly ObjectiveSpec[], sinceSec: number): boolean =>
      createStopMonitor(conditions, { sinceSec }).check(whole, 'the test', 40) !== undefined
    expect([firedAfter(memory, 0), firedAfter(memory, 12)]).toEqual([true, false])
    expect([firedAfter(errors, 29), firedAfter(errors, 30)]).toEqual([true, false])
  })
})

describe('the guards of the host', () => {
  test('hold when the plan says nothing, and fire after two seconds', () => {
    const full = { probes: (sec: number) => ({ 'host.memory': sec >= 6 ? 0.95 : 0.4 }) }
    expect(play([], full)).toMatchObject({ sec: 7, alarm: { scope: 'host', value: 0.95 } })
    expect(play([], { load: closedLoad(2, 30), probes: () => ({ 'host.memory': 0.85 }) })).toBeUndefined()
  })

  test('keep a twentieth of the disk free, and the generator itself within a quarter of the memory', () => {
    const probes = (free: number, own: number) => () => ({ 'host.disk': 1 - free, 'generator.memory.share': own })
    expect(play([], { probes: probes(0.04, 0.1) })?.alarm).toMatchObject({
      condition: 'host.disk.free < 5% for 2s',
      scope: 'host',
    })
    expect(play([], { probes: probes(0.2, 0.26) })?.alarm).toMatchObject({ condition: 'generator.memory > 25% for 2s' })
    expect(play([], { probes: probes(0.06, 0.24) })).toBeUndefined()
    const own = condition('host.disk > 99%', 'host.disk', 0.99, { unit: 'ratio' })
    expect(play([own], { probes: probes(0.04, 0.1) })).toBeUndefined()
  })

  test('give way to a condition of the plan on the same metric', () => {
    const own = [condition('host.memory > 97%', 'host.memory', 0.97)]
    expect(play(own, { probes: () => ({ 'host.memory': 0.95 }) })).toBeUndefined()
  })
})
