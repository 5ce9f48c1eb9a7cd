import { detectLeak } from '../src/analysis/index.ts'
import { simulateHeap } from '../test/kit/simulated-leaks.ts'
import type { HeapTruth } from '../test/kit/simulated-leaks.ts'
import { errorOf, runSearch } from '../test/kit/simulated-search.ts'
import type { SimulatedCase } from '../test/kit/simulated-search.ts'
import { boundedQueue, ddc, mm1, pool } from '../test/kit/simulated-systems.ts'

/** Wilson's 95 % score interval of k in n (1927). */
function wilson(k: number, n: number): string {
  const z = 1.959964
  const centre = (k + z ** 2 / 2) / (n + z ** 2)
  const reach = (z / (n + z ** 2)) * Math.sqrt((k * (n - k)) / n + z ** 2 / 4)
  return `${(100 * Math.max(0, centre - reach)).toFixed(1)}–${(100 * (centre + reach)).toFixed(1)} %`
}

const mm1Case = (mu: number, quantile: number, limitSec: number) => ({
  name: `M/M/1 μ=${String(mu)}, p${String(100 * quantile)} <= ${String(limitSec)} s`,
  simulated: { system: mm1(mu), limitSec, poisson: true, search: { quantile } } satisfies SimulatedCase,
  truth: mu - Math.log(1 / (1 - quantile)) / limitSec,
  tolerance: 0.05,
})
const ddcCase = (servers: number, serviceSec: number) => ({
  name: `D/D/${String(servers)} S=${String(serviceSec)} s`,
  simulated: { system: ddc(servers, serviceSec), limitSec: 10 * serviceSec } satisfies SimulatedCase,
  truth: servers / serviceSec,
  tolerance: 0.03,
})

const searches = [
  mm1Case(100, 0.99, 0.5),
  mm1Case(50, 0.95, 0.3),
  mm1Case(200, 0.99, 0.2),
  mm1Case(80, 0.9, 0.25),
  ddcCase(1, 0.02),
  ddcCase(4, 0.05),
  ddcCase(2, 0.01),
  {
    name: 'Bounded queue',
    simulated: { system: boundedQueue({ rate: 100, places: 50, timeoutSec: 1 }), limitSec: 1 },
    truth: 100,
    tolerance: 0.03,
  },
  {
    name: 'Pool with time-outs',
    simulated: { system: pool({ connections: 10, heldSec: 0.1, acquireSec: 0.3 }), limitSec: 1 },
    truth: 100,
    tolerance: 0.03,
  },
]

console.log(
  '| search on a virtual clock, 20 seeds | worst error | off by more than allowed | Wilson 95 % | dearest, share of a staircase |',
)
console.log('|---|---|---|---|---|')
for (const { name, simulated, truth, tolerance } of searches) {
  const results = Array.from({ length: 20 }, (_, i) => runSearch(simulated, i + 1).result)
  const errors = results.map((result) => Math.abs(errorOf(result, truth)))
  const off = errors.filter((error) => error > tolerance).length
  const dearest = Math.max(...results.map(({ costSec, staircaseSec }) => costSec / (staircaseSec ?? 0)))
  console.log(
    `| ${name} | ${(100 * Math.max(...errors)).toFixed(1)} % | ${String(off)} of 20 (${String(100 * tolerance)} %) | ${wilson(off, 20)} | ${dearest.toFixed(2)} |`,
  )
}

const heaps: readonly (readonly [name: string, truth: HeapTruth, leaks: boolean])[] = [
  ['flat', { bytesPerRequest: 0 }, false],
  ['64 bytes a request', { bytesPerRequest: 64 }, true],
  ['1024 bytes a request', { bytesPerRequest: 1024 }, true],
  ['cache, 200 s', { bytesPerRequest: 0, cache: { bytes: 100e6, tauSec: 200 } }, false],
  ['cache, 500 s', { bytesPerRequest: 0, cache: { bytes: 100e6, tauSec: 500 } }, false],
]

console.log('\n| leak detection, 100 series of 20 minutes | false alarms | misses | Wilson 95 % |')
console.log('|---|---|---|---|')
for (const [name, truth, leaks] of heaps) {
  const called = Array.from({ length: 100 }, (_, i) => detectLeak(simulateHeap(truth, i + 1))).filter(
    ({ kind }) => kind === 'leak',
  ).length
  const wrong = leaks ? 100 - called : called
  console.log(`| ${name} | ${leaks ? '–' : String(wrong)} | ${leaks ? String(wrong) : '–'} | ${wilson(wrong, 100)} |`)
}
