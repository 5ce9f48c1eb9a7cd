import type { ValidityCheck } from '../model/run-result.ts'
import type { GeneratorWindow } from '../model/sample.ts'
import { graded } from './graded.ts'
import { quantileOf } from './probe-value.ts'
import type { CheckInput } from './validity.ts'

// Checks of the generator's own health: had its threads the time to do what they should?

/** Rule (c) of measurement.md section 13: no limit that is relative to a latency is below this. */
export const floorMs = 2

/** 80 % and 90 %: k6 `running-large-tests`; Locust's CPU_WARNING_THRESHOLD. */
export function generatorCpu({ windows, relief }: CheckInput): ValidityCheck {
  return graded({
    id: 'generator-cpu',
    title: 'CPU of the busiest generator thread, 95th percentile of its seconds',
    unit: 'ratio',
    value: worstWorker(windows, (window) => window.cpu),
    warn: 0.8,
    void: 0.9,
    advice: `The generator had no CPU to spare, so waiting for it looks like waiting for the target. ${relief}`,
  })
}

/** Ours, by analogy with CPU. */
export function eventLoopUse({ windows, relief }: CheckInput): ValidityCheck {
  return graded({
    id: 'event-loop-use',
    title: 'Event-loop use of the busiest generator thread, 95th percentile of its seconds',
    unit: 'ratio',
    value: worstWorker(windows, (window) => window.loopBusy),
    warn: 0.8,
    void: 0.95,
    advice: `The generator's event loop was hardly ever idle; heavy code in a scenario counts too (parsing large bodies, hashing). ${relief}`,
  })
}

/**
 * Ours. The 99th percentile of the loop's delay in a typical (median) second, against the latencies that it distorts: 5 % of p50 and
 * 10 % of p99. The median second, because one bad second in a minute is seen by `late-sends` and `slip`, where it did harm.
 */
export function eventLoopDelay({ windows, latencyMs, relief }: CheckInput): ValidityCheck {
  return graded({
    id: 'event-loop-delay',
    title: 'Event-loop delay of the generator (99th percentile of a typical second)',
    unit: 'ms',
    value: worstWorker(windows, (window) => window.loopDelayP99Ms, 0.5),
    warn: Math.max(floorMs, 0.05 * (latencyMs.p50 ?? 0)),
    void: Math.max(floorMs, 0.1 * (latencyMs.p99 ?? latencyMs.p95 ?? 0)),
    advice: `Answers waited for the generator before their time was taken. ${relief}`,
  })
}

/**
 * Ours. Time that a thread was ready to run and had no core: a lack of CPU that the thread's own use does not show (steal, quota, neighbours).
 * It says why, not how much: what waiting for a core does to the figures is in `event-loop-delay`, `late-sends` and `slip`, and so this only
 * warns. Measured on two cores with busy neighbours against queues of known times: in 24 runs the mean was off by 0.2 to 3 % below a share of
 * 0.1, by 5 to 7 % up to 0.3, by 7 to 29 % up to 0.5 and by more above; all 16 runs above 0.1 were void by those other checks, and none of 48
 * by this one alone. In process it also decides whether those others count against the machine (validity.ts).
 */
export function runQueueWait({ windows, data }: CheckInput): ValidityCheck {
  const { cores } = data.header.machine
  return graded({
    id: 'run-queue-wait',
    title: 'Share of time in which the generator wanted a core and had none (95th percentile of seconds)',
    unit: 'ratio',
    value: worstWorker(windows, (window) => window.runQueueWait),
    warn: 0.1,
    advice: `Something else used the ${cores} cores (the target, its database, neighbours, a CPU quota): give the generator a core of its own, or lower the load.`,
  })
}

/**
 * Ours. Judged time of which no worker gave an account. Every other check reads these accounts, so without them nothing is known to be right:
 * a generator that was too busy to report for seconds is as void as one that reported it. A record that breaks off has no end to judge.
 */
export function silentGenerator({ windows, test, relief }: CheckInput): ValidityCheck | undefined {
  if (test.end === undefined) return undefined
  const workers = new Set(test.generators().map(({ window }) => window.worker)).size
  const judgedSec = test.secondsIn(test.judged) * Math.max(1, workers)
  const heardSec = windows.reduce((sum, window) => sum + window.lengthSec, 0)
  return graded({
    id: 'silent-generator',
    title: 'Share of the judged time of which the generator gave no account',
    unit: 'ratio',
    value: judgedSec > 0 ? Math.max(0, 1 - heardSec / judgedSec) : null,
    warn: 0.05,
    void: 0.1,
    advice: `The generator was too busy to close its seconds. ${relief}`,
  })
}

/** Ours: a pause of the collector is harmless while it is shorter than the delays that are there anyway. 95th percentile of the seconds' longest. */
export function garbageCollection({ windows, test, latencyMs }: CheckInput): ValidityCheck {
  const slip = test.total('scenario', { range: test.judged }).slip.quantile(0.99) ?? 0
  return graded({
    id: 'gc',
    title: 'Longest garbage collection of the generator in a second (95th percentile of seconds)',
    unit: 'ms',
    value: worstWorker(windows, (window) => window.gcMaxMs),
    warn: Math.max(floorMs, slip / 1000, 0.1 * (latencyMs.p99 ?? 0)),
    advice: 'The scenario makes much garbage: keep fewer bodies (`keepBody`), parse only what is checked, or use more --workers.',
  })
}

/** A quantile over the seconds of each worker, of the worst worker; null when nothing was measured. */
function worstWorker(
  windows: readonly GeneratorWindow[],
  read: (window: GeneratorWindow) => number | null,
  q = 0.95,
): number | null {
  const byWorker = new Map<number, number[]>()
  for (const window of windows) {
    const value = read(window)
    if (value === null) continue
    const values = byWorker.get(window.worker)
    if (values) values.push(value)
    else byWorker.set(window.worker, [value])
  }
  const worst = Array.from(byWorker.values(), (values) => quantileOf(values, q) ?? 0)
  return worst.length === 0 ? null : Math.max(...worst)
}
