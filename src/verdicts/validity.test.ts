import { describe, expect, test } from 'vitest'
import type { HealthyOptions } from '../../test/kit/healthy-record.ts'
import { closedLoad, healthyRecord, histogramOf, openLoad } from '../../test/kit/healthy-record.ts'
import type { GeneratorWindow } from '../model/sample.ts'
import { judgeRun } from './judge-run.ts'

function validity(options: HealthyOptions = {}) {
  return judgeRun(healthyRecord(options)).tests[0]!.validity
}

function check(id: string, options: HealthyOptions = {}) {
  return validity(options).checks.find((one) => one.id === id)
}

const always = (change: Partial<GeneratorWindow>): HealthyOptions => ({ generator: () => change })

describe('a healthy run', () => {
  test('passes every check of an open load', () => {
    const { verdict, checks } = validity({ seconds: 60 })
    expect(checks.filter((one) => one.verdict !== 'ok' && one.id !== 'warm-up')).toEqual([])
    expect(['ok', 'warn']).toContain(verdict)
    expect(checks.map((one) => one.id)).toEqual([
      'generator-cpu', 'event-loop-use', 'event-loop-delay', 'run-queue-wait', 'gc', 'silent-generator', 'late-sends', 'slip', 'achieved-rate', 'dropped-sends',
      'in-flight-cap', 'arrival-process', 'littles-law', 'conservation', 'clock', 'samples', 'timeouts', 'warm-up',
    ]) // prettier-ignore
  })

  test('passes every check of a closed load, where arrivals do not apply', () => {
    const { checks } = validity({ load: closedLoad(2, 30) })
    expect(checks.filter((one) => one.verdict !== 'ok' && one.id !== 'warm-up')).toEqual([])
    const ids = checks.map((one) => one.id)
    expect(ids).toContain('response-time-law')
    for (const id of ['achieved-rate', 'dropped-sends', 'arrival-process']) expect(ids).not.toContain(id)
  })

  test('without a load has nothing to check', () => {
    expect(validity({ load: { model: 'watch', durationSec: 30 } })).toEqual({ verdict: 'ok', checks: [] })
  })
})

describe('what the generator did makes the run void', () => {
  const rows: readonly [id: string, warns: HealthyOptions, voids: HealthyOptions][] = [
    ['generator-cpu', always({ cpu: 0.85 }), always({ cpu: 0.93 })],
    ['event-loop-use', always({ loopBusy: 0.9 }), always({ loopBusy: 0.97 })],
    ['silent-generator', { generator: (sec) => ({ lengthSec: sec < 3 ? 0.3 : 1 }) }, always({ lengthSec: 0.8 })],
    ['event-loop-delay', always({ loopDelayP99Ms: 3 }), always({ loopDelayP99Ms: 20 })],
    ['late-sends', always({ lateSends: 4 }), always({ lateSends: 20 })],
    [
      'slip',
      { scenario: () => ({ slip: histogramOf(Array.from({ length: 100 }, () => 3500)) }) },
      { scenario: () => ({ slip: histogramOf(Array.from({ length: 100 }, () => 30_000)) }) },
    ],
    ['achieved-rate', { generator: (sec) => ({ started: sec < 15 ? 194 : 200 }) }, { generator: () => ({ started: 150 }) }],
    [
      'dropped-sends',
      { generator: (sec) => ({ dropped: { usersCap: 0, generator: sec === 3 ? 1 : 0, target: 0 } }) },
      always({ dropped: { usersCap: 0, generator: 2, target: 0 } }),
    ],
  ]
  test.each(rows)('%s', (id, warns, voids) => {
    expect(check(id)?.verdict).toBe('ok')
    expect(check(id, warns)?.verdict).toBe('warn')
    const broken = check(id, voids)
    expect(broken?.verdict).toBe('void')
    expect(broken?.value).toBeGreaterThan(broken?.limit ?? Infinity)
    expect(broken?.advice.length).toBeGreaterThan(40)
    expect(validity(voids).verdict).toBe('void')
  })

  test('who waits for cores is told what would help', () => {
    const advice = (options: HealthyOptions): string | undefined =>
      check('event-loop-delay', { ...always({ loopDelayP99Ms: 30 }), ...options })?.advice
    const [asleep, ordinary] = [{ coresAwake: false }, { realtimeGenerator: false }]
    expect(advice({ machine: asleep })).toContain('/dev/cpu_dma_latency')
    expect(advice({ machine: ordinary, spec: { kind: 'users' } })).toContain('real-time priority')
    // It would be given to none of these.
    expect(advice({ machine: ordinary, spec: { kind: 'arrivals' } })).not.toContain('real-time')
    expect(advice({ machine: { ...ordinary, cores: 1 }, spec: { kind: 'users' } })).not.toContain('real-time')
    expect(advice({})).not.toMatch(/real-time|dma/)
  })

  test('a clock that stepped back', () => {
    expect(check('clock', { generator: (sec) => ({ clockBackwards: sec === 4 ? 1 : 0 }) })?.verdict).toBe('void')
  })

  test('requests or arrivals that are unaccounted for', () => {
    expect(check('conservation', { generator: (sec) => ({ requestsStarted: sec === 4 ? 201 : 200 }) })).toMatchObject({
      verdict: 'void',
      value: 1,
    })
    expect(check('conservation', { generator: (sec) => ({ planned: sec === 4 ? 201 : 200 }) })?.verdict).toBe('void')
    const stillRunning = {
      generator: (sec: number) => ({ requestsStarted: sec === 29 ? 203 : 200, requestsInFlight: sec === 29 ? 3 : 0 }),
    }
    expect(check('conservation', stillRunning)?.verdict).toBe('ok')
    expect(check('conservation', { end: 'killed' })).toBeUndefined()
  })

  test('times that do not fit what was in flight', () => {
    expect(check('littles-law', { generator: (_, window) => ({ inFlightSec: window.inFlightSec * 1.02 }) })?.verdict).toBe('warn')
    expect(check('littles-law', { generator: (_, window) => ({ inFlightSec: window.inFlightSec * 1.2 }) })?.verdict).toBe('void')
    // Many were in flight at an edge of what is judged, as at the end of a fault: by their times it may be off.
    const crowded: HealthyOptions = {
      generator: (sec, window) => ({ inFlightSec: window.inFlightSec * 1.2, requestsInFlight: sec === 29 ? 2000 : 0 }),
    }
    expect(check('littles-law', crowded)?.verdict).toBe('ok')
    const idle: HealthyOptions = { load: closedLoad(2, 30), generator: (_, window) => ({ usersMean: window.usersMean * 1.2 }) }
    expect(check('response-time-law', idle)?.verdict).toBe('void')
    const paced: HealthyOptions = {
      load: closedLoad(2, 30),
      generator: (_, window) => ({ usersMean: window.usersMean * 1.2, outsideSec: window.usersMean * 0.2 }),
    }
    expect(check('response-time-law', paced)?.verdict).toBe('ok')
  })

  test('arrivals that are no Poisson process', () => {
    const even = { count: 200, sum: 1000, sumSquares: 5000 }
    expect(check('arrival-process', always({ gaps: even }))).toMatchObject({ verdict: 'void', value: 1 })
    const uniform = { ...openLoad(200, 30), process: 'uniform' as const }
    expect(check('arrival-process', { load: uniform, ...always({ gaps: even }) })?.verdict).toBe('ok')
    expect(check('arrival-process', { load: uniform })?.verdict).toBe('warn')
  })

  test('a throttled generator, all of it together', () => {
    const throttled = always({
      cpu: 0.6,
      loopBusy: 0.6,
      runQueueWait: 0.7,
      loopDelayP99Ms: 45,
      lateSends: 90,
      started: 170,
      queued: 30,
    })
    expect(validity(throttled).verdict).toBe('void')
    expect(judgeRun(healthyRecord(throttled))).toMatchObject({ verdict: 'invalid', exitCode: 3 })
  })

  test('unless the warm-up covers it', () => {
    const slowStart: HealthyOptions = { generator: (sec) => (sec < 5 ? { cpu: 0.99, lateSends: 150 } : {}) }
    expect(check('late-sends', slowStart)?.verdict).toBe('void')
    expect(check('late-sends', { ...slowStart, spec: { warmupSec: 5 } })?.verdict).toBe('ok')
  })
})

describe('slip of a run with few starts', () => {
  const starts = (late: (sec: number) => number): HealthyOptions => ({
    scenario: (sec) => ({ slip: histogramOf(Array.from({ length: 7 }, (_, i) => (i < late(sec) ? 30_000 : 10))) }),
  })

  test('two stragglers are no percentile of so few', () => {
    expect(
      check(
        'slip',
        starts((sec) => (sec === 8 ? 2 : 0)),
      )?.verdict,
    ).toBe('ok')
  })

  test('one start in seven that is late makes it void all the same', () => {
    expect(
      check(
        'slip',
        starts(() => 1),
      )?.verdict,
    ).toBe('void')
  })
})

describe('what the target did never makes the run void', () => {
  test('a saturated target that fills the cap of users and makes arrivals queue', () => {
    const saturated: HealthyOptions = {
      times: (sec) => Array.from({ length: 120 }, () => 500 + 100 * sec),
      generator: (sec, window) => ({
        planned: 200,
        started: 120,
        queued: 80 * (sec + 1),
        usersCapSec: 1,
        dropped: { usersCap: 0, generator: 0, target: 0 },
        inFlightSec: window.inFlightSec,
      }),
      scenario: () => ({ slip: histogramOf(Array.from({ length: 120 }, () => 2e6)) }),
    }
    const { verdict, checks } = validity(saturated)
    expect(checks.filter((one) => one.verdict === 'void')).toEqual([])
    expect(verdict).toBe('warn')
    expect(checks.find((one) => one.id === 'in-flight-cap')?.advice).toContain('the target held users')
    expect(checks.find((one) => one.id === 'slip')?.advice).toContain('shown only')
  })

  test('arrivals given up for it warn and name it', () => {
    const dropping = { generator: () => ({ planned: 210, dropped: { usersCap: 0, generator: 0, target: 10 }, usersCapSec: 0.9 }) }
    expect(check('dropped-sends', dropping)).toMatchObject({ verdict: 'warn' })
    expect(check('dropped-sends', dropping)?.advice).toContain('waiting for the target')
    expect(validity(dropping).verdict).toBe('warn')
  })

  test('but a cap of users that could never carry the rate does', () => {
    const capped = { generator: () => ({ planned: 210, dropped: { usersCap: 10, generator: 0, target: 0 }, usersCapSec: 0.9 }) }
    expect(check('in-flight-cap', capped)).toMatchObject({ verdict: 'void' })
    expect(check('in-flight-cap', capped)?.advice).toContain('maxUsers')
  })

  test('nor do sockets that are waited for', () => {
    expect(check('in-flight-cap', always({ socketsCapSec: 0.5 }))).toMatchObject({ verdict: 'warn', value: 0.5 })
  })

  test('nor time-outs', () => {
    const timingOut: HealthyOptions = {
      request: (_, window) => ({ failed: 20, censored: histogramOf(Array.from({ length: 20 }, () => 1e6)), count: window.count }),
    }
    expect(check('timeouts', timingOut)).toMatchObject({ verdict: 'warn' })
  })
})

describe('what the numbers can carry', () => {
  const p99 = [{ text: 'p99 < 100ms', metric: { name: 'p99' }, op: '<', value: 100, unit: 'ms' }] as const

  test('few samples and wide intervals warn with advice to run longer', () => {
    expect(check('samples', { objectives: p99 })?.verdict).toBe('ok')
    expect(check('samples', { objectives: p99, perSec: 20 })).toMatchObject({ verdict: 'warn', value: 600, limit: 1840 })
    const near = [{ ...p99[0], text: 'p99 < 45ms', value: 45 }]
    expect(check('precision', { objectives: near, perSec: 20 })?.advice).toContain('lies inside the interval')
    const flat: HealthyOptions = { objectives: p99, times: () => Array.from({ length: 200 }, () => 20) }
    expect(check('precision', flat)).toMatchObject({ verdict: 'ok', value: 0 })
  })

  test('a warm-up that was not left out warns, and no more', () => {
    const warming: HealthyOptions = {
      seconds: 60,
      times: (sec) => Array.from({ length: 200 }, () => (sec < 20 ? 60 - 2 * sec : 20)),
    }
    expect(check('warm-up', warming)).toMatchObject({ verdict: 'warn' })
    const flat: HealthyOptions = { seconds: 60, times: () => Array.from({ length: 200 }, () => 20) }
    expect(check('warm-up', flat)?.verdict).toBe('ok')
    const load = (...levels: readonly number[]): HealthyOptions => ({
      ...warming,
      load: {
        model: 'open',
        process: 'poisson',
        maxUsers: 10_000,
        stages: levels.map((to) => ({ from: to, to, durationSec: 60 / levels.length })),
      },
    })
    expect(check('warm-up', load(200))).toMatchObject({ verdict: 'warn' })
    // A staircase never is steady.
    expect(check('warm-up', load(100, 300))).toBeUndefined()
  })

  test('collections of the generator warn when they are longer than what is measured anyway', () => {
    expect(check('gc', always({ gcMaxMs: 40 }))?.verdict).toBe('warn')
  })
})

describe('a run without requests', () => {
  const steps = (sec: number) => {
    const response = histogramOf(Array.from({ length: 20 }, (_, i) => 500_000 + 1000 * ((sec + i) % 20)))
    return [{ kind: 'step' as const, name: 'flow', count: 20, failed: 0, response }]
  }
  const none = histogramOf([])
  const inProcess = (change: Partial<GeneratorWindow> = {}): HealthyOptions => ({
    load: closedLoad(10, 30),
    request: () => ({ count: 0, response: none, service: none }),
    series: steps,
    generator: () => ({ requestsStarted: 0, ...change }),
  })
  const p95 = { text: 'p95(step:flow) < 2s', metric: { name: 'p95', selector: { kind: 'step', name: 'flow' } }, op: '<', value: 2000, unit: 'ms' } as const // prettier-ignore

  test('takes its limits from the times of its steps', () => {
    expect(check('event-loop-delay', inProcess({ loopDelayP99Ms: 10 }))).toMatchObject({ verdict: 'ok', value: 10 })
    expect(check('event-loop-delay', inProcess({ loopDelayP99Ms: 10 }))?.limit).toBeCloseTo(0.05 * 509, 0)
  })

  test('counts steps behind a percentile of a step, and none where nobody asks', () => {
    expect(check('samples', { ...inProcess(), objectives: [p95] })).toMatchObject({ verdict: 'ok', value: 600 })
    expect(check('precision', { ...inProcess(), objectives: [p95] })).toMatchObject({ verdict: 'ok' })
    expect(check('samples', inProcess())).toBeUndefined()
  })

  test('is not void for what the tested function does to the thread they share, but is where the machine was short of cores', () => {
    const busy = { cpu: 0.99, loopBusy: 0.99, loopDelayP99Ms: 300, gcMaxMs: 100 }
    expect(validity(inProcess(busy)).verdict).toBe('warn')
    expect(check('event-loop-use', inProcess(busy))).toMatchObject({ verdict: 'warn' })
    expect(check('event-loop-use', inProcess(busy))?.advice).toContain('runs on this thread')
    expect(judgeRun(healthyRecord(inProcess(busy))).tests[0]!.findings.map(({ id }) => id)).not.toContain('generator-limited')
    expect(validity(inProcess({ ...busy, runQueueWait: 0.3 })).verdict).toBe('void')
  })

  test('is not void where the test itself takes the cores away', () => {
    const faults = [{ id: 'cpu', atSec: 5, forSec: 10, fault: { kind: 'cpu-pressure', cores: 2, share: 1 } } as const]
    const starved = inProcess({ loopDelayP99Ms: 300, runQueueWait: 0.3 })
    expect(check('event-loop-delay', starved)?.verdict).toBe('void')
    expect(check('event-loop-delay', { ...starved, spec: { faults } })?.verdict).toBe('warn')
  })

  test('on a machine without cores bears starts that were late by no part of what is measured, and no others', () => {
    const late = (slipMs: number): HealthyOptions => ({
      ...inProcess({ lateSends: 10, sends: 20, runQueueWait: 0.3 }),
      scenario: () => ({ slip: histogramOf(Array.from({ length: 20 }, () => slipMs * 1000)) }),
    })
    expect(check('late-sends', late(3))?.verdict).toBe('warn')
    expect(check('late-sends', late(80))?.verdict).toBe('void')
  })

  test('but a target that simply got no requests excuses nothing', () => {
    const target = { url: 'http://127.0.0.1:1', cwd: '/', readyTimeoutSec: 1, stopTimeoutSec: 1 }
    expect(check('event-loop-use', { ...inProcess({ loopBusy: 0.99 }), plan: { target } })?.verdict).toBe('void')
  })
})

describe('a stop condition', () => {
  const stopWhen = (name: string, unit: 'bytes' | 'ratio' | 'sec') => [
    { text: `${name} > 1`, metric: { name }, op: '>', value: 1, unit } as const,
  ]
  const conditions = (name: string, unit: 'bytes' | 'ratio' | 'sec', options: HealthyOptions = {}) =>
    check('stop-conditions', { ...options, spec: { stopWhen: stopWhen(name, unit) } })

  test('that nothing was measured for could not have stopped anything', () => {
    const probes = () => ({ 'target.memory': 1e8, 'host.disk': 0.4 })
    const events = [{ t: 1, kind: 'probe-unavailable', probe: 'host', reason: 'no /proc/pressure' } as const]
    expect(conditions('host.pressure.io', 'ratio', { probes, events })).toMatchObject({
      verdict: 'warn',
      value: 1,
      advice: expect.stringMatching(/"host\.pressure\.io > 1".*no \/proc\/pressure/) as string,
    })
    expect(conditions('target.memmory', 'bytes', { probes })?.verdict).toBe('warn')
    for (const name of ['target.memory', 'target.memory.growth', 'test.time', 'errors', 'host.disk.free'])
      expect(conditions(name, 'ratio', { probes })?.verdict, name).toBe('ok')
  })

  test('is not asked for where there is none', () => {
    expect(check('stop-conditions')).toBeUndefined()
  })
})
