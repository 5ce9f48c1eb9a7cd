import type { ValidityCheck } from '../model/run-result.ts'
import type { GeneratorWindow } from '../model/sample.ts'
import { graded } from './graded.ts'
import { quantileOf } from './probe-value.ts'
import type { ValidityInput } from './validity.ts'

/** Checks of the generator itself: had it the time to send what it should, when it should? */

/** CPU of the busiest worker, 95th percentile of its seconds (k6 `running-large-tests`: 80 %; Locust warns at 90 %). */
export function generatorCpu({ data, test }: ValidityInput): ValidityCheck {
  const value = worstWorker(
    test.generators(test.judged).map(({ window }) => window),
    (window) => window.cpu,
  )
  return graded({
    id: 'generator-cpu',
    title: 'CPU of the busiest generator thread (95th percentile of its seconds)',
    unit: 'ratio',
    value,
    warn: 0.8,
    void: 0.9,
    advice: `The generator had no CPU to spare: ${moreCores(data.header.workers, data.header.machine.cores)}`,
  })
}

/** Starts later than 1 ms while no cap held them back (fortio warns above 5 %). */
export function lateSends({ test }: ValidityInput): ValidityCheck {
  const windows = test.generators(test.judged).map(({ window }) => window)
  const sends = windows.reduce((sum, window) => sum + window.sends, 0)
  return graded({
    id: 'late-sends',
    title: 'Share of iterations that started more than 1 ms late',
    unit: 'ratio',
    value: sends === 0 ? null : windows.reduce((sum, window) => sum + window.lateSends, 0) / sends,
    warn: 0.01,
    void: 0.05,
    advice: 'Leave the generator a core to itself.',
  })
}

/** The 95th percentile over the seconds of each worker, of the worst worker; null when nothing was measured. */
export function worstWorker(
  windows: readonly GeneratorWindow[],
  read: (window: GeneratorWindow) => number | null,
  q = 0.95,
): number | null {
  const byWorker = new Map<number, number[]>()
  for (const window of windows) {
    const value = read(window)
    if (value !== null) byWorker.set(window.worker, [...(byWorker.get(window.worker) ?? []), value])
  }
  const worst = Array.from(byWorker.values(), (values) => quantileOf(values, q) ?? 0)
  return worst.length === 0 ? null : Math.max(...worst)
}

export function moreCores(workers: number, cores: number): string {
  return workers < cores - 1
    ? `raise --workers (${workers} of ${cores} cores are used) or lower the load.`
    : `run it on another machine than the target, or lower the load (${workers} workers on ${cores} cores).`
}
