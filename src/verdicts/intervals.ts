import { seededRandom } from '../base/random.ts'
import type { Latency } from '../model/run-result.ts'
import type { TestData } from '../analysis/index.ts'
import { blockBootstrap, enoughSamples } from '../analysis/index.ts'
import type { Distribution } from '../metrics/index.ts'
import { createTally } from '../metrics/index.ts'

/**
 * Response times of each judged second, of all requests (steps, iterations) or those of one name. What ended after the load (in the graceful
 * stop) belongs to the last second: the estimate counts it, so its interval must.
 */
export function secondsOf(test: TestData, name?: string, kind: 'request' | 'step' | 'scenario' = 'request'): Distribution[] {
  const { from, to } = test.judged
  const seconds = Array.from({ length: Math.max(0, to - from) }, () => createTally())
  const lastSec = Math.ceil(test.loadSec + test.spec.gracefulStopSec) + 1
  for (let sec = from; sec <= lastSec; sec++) {
    const tally = seconds[Math.min(sec - from, seconds.length - 1)]
    for (const window of test.windowsAt(kind, sec)) {
      if (window.kind === kind && (name === undefined || window.name === name)) tally?.add(window.response)
    }
  }
  return seconds
}

/** A stream of its own, so that no other use of the run's seed sees the same numbers. */
const intervalsStream = 7_001

const printed = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const

/** 95 % intervals in ms by block bootstrap over the seconds (measurement.md section 6); undefined with fewer than ten seconds. Seeded by the run, so that a report rebuilt later says the same. */
export function intervalsOf(seconds: readonly Distribution[], seed: number): Latency['intervals'] {
  const samples = seconds.reduce((sum, second) => sum + second.count, 0)
  const carried = printed.filter(([, q]) => enoughSamples(q, samples))
  const intervals = blockBootstrap(seconds, { random: seededRandom(seed, intervalsStream), quantiles: carried.map(([, q]) => q) })
  if (intervals === null) return undefined
  const ms = ([low, high]: readonly [number, number]) => [low / 1000, high / 1000] as const
  const percentiles = carried.map(([name], i) => [name, ms(intervals.quantiles[i] ?? [0, 0])] as const)
  return { ...Object.fromEntries(percentiles), mean: ms(intervals.mean) }
}

/** The interval of one quantile, in ms: one that was computed before, or its own. */
export function intervalOf(
  q: number,
  { known, seconds, seed }: { known: Latency['intervals']; seconds: () => Distribution[]; seed: number },
): readonly [number, number] | undefined {
  const name = printed.find(([, one]) => one === q)?.[0]
  const before = name === undefined ? undefined : known?.[name]
  if (before !== undefined) return before
  const interval = blockBootstrap(seconds(), { random: seededRandom(seed, intervalsStream), quantiles: [q] })?.quantiles[0]
  return interval && [interval[0] / 1000, interval[1] / 1000]
}
