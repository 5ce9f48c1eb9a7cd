import type { LimiterVerdict } from '../../../src/model/limiter-result.ts'
import type { SimulatedLimiterRun } from './simulate.ts'
import type { LimiterTruth } from './limiter-model.ts'

type Parameters = Omit<SimulatedLimiterRun, 'seed'>

export interface LimiterSystem {
  readonly name: string
  readonly expected: LimiterVerdict
  readonly kind?: string
  /** Drawn by the seed. */
  readonly draw: (random: () => number) => Parameters
}

export function whole(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1))
}

/** Rates of one to sixty a second, bursts of up to two and a half seconds' worth. */
export function bucket(random: () => number): LimiterTruth {
  const ratePerSec = Math.round(10 * Math.exp(random() * Math.log(60))) / 10
  return { kind: 'token bucket', ratePerSec, burst: whole(random, 1, Math.max(2, Math.round(2.5 * ratePerSec))) }
}

/** Quotas of 3 (or `least`) to 40 in windows of one to six seconds. */
export function windowed(random: () => number, kind: LimiterTruth['kind'], least = 3): LimiterTruth {
  const burst = whole(random, least, 40)
  const windowSec = 1 + 5 * random()
  return { kind, burst, ratePerSec: burst / windowSec, phase: 0.2 + 0.6 * random() }
}

export const expectOf = ({ ratePerSec, burst }: LimiterTruth) => ({ expect: { ratePerSec, burst } })

const kinds: readonly LimiterSystem[] = (
  [
    ['token bucket', bucket],
    ['fixed window', (random) => windowed(random, 'fixed window')],
    ['fixed window', (random) => windowed(random, 'own window'), 'window from the first request'],
    ['sliding log', (random) => windowed(random, 'sliding log')],
    ['sliding counter', (random) => windowed(random, 'sliding counter', 8)],
    [
      'leaky queue',
      (random) => ({ ...bucket(random), burst: whole(random, 4, 20), ratePerSec: whole(random, 4, 20), kind: 'leaky queue' }),
    ],
  ] as readonly (readonly [string, (random: () => number) => LimiterTruth, string?])[]
).flatMap(([kind, truthOf, name = kind]) => [
  {
    ...{ name, kind, expected: 'ENFORCED' as const },
    draw: (random: () => number): Parameters => {
      const truth = truthOf(random)
      return { truth, ...expectOf(truth), seconds: 120 }
    },
  },
  {
    ...{ name: `${name}, nothing promised`, kind, expected: 'ENFORCED' as const },
    draw: (random: () => number): Parameters => ({ truth: truthOf(random), seconds: 120 }),
  },
])

const defects = (
  [
    ['racy', 'RACY'],
    ['uncapped', 'OVER_ADMITS'],
    ['shared', 'NOT_ISOLATED'],
    ['short retry', 'LYING_HEADERS'],
    ['long retry', 'LYING_HEADERS'],
    ['wrong remaining', 'LYING_HEADERS'],
    ['wrong policy', 'LYING_HEADERS'],
    ['late reset', 'LYING_HEADERS'],
    ['early reset', 'LYING_HEADERS'],
    ['reset after retry', 'LYING_HEADERS'],
    ['by x-forwarded-for', 'BYPASSABLE'],
    ['by path', 'BYPASSABLE'],
    ['by query', 'BYPASSABLE'],
    ['by method', 'BYPASSABLE'],
    ['by connection', 'BYPASSABLE'],
  ] as const
).map(([defect, expected]): LimiterSystem => ({
  name: `token bucket, ${defect}`,
  expected,
  draw(random) {
    const drawn = bucket(random)
    // Slow enough that a wait of half a second is told from none.
    const isSlow = defect === 'short retry' || defect === 'early reset'
    const truth = { ...drawn, defect, ...(isSlow ? { ratePerSec: 0.3 + 0.15 * random(), burst: 3 } : {}) }
    return { truth, ...expectOf(truth), seconds: 120 }
  },
}))

/** Of a chat: quick, and with a burst of some seconds. Slow enough that a store that takes so long can tell one token from the next. */
export function stored(random: () => number, storeSec: number): LimiterTruth {
  const ratePerSec = Math.min(whole(random, 20, 60), 0.15 / storeSec)
  return { kind: 'token bucket', ratePerSec, burst: whole(random, 20, 120), storeSec }
}

/** Reads the count, waits for so long, and writes it: nothing is wrong as long as nobody else reads meanwhile. Its twin reads and writes in one step. */
const races = [0.5, 2, 5, 20].flatMap((ms): readonly LimiterSystem[] => {
  const of = (defect?: 'racy'): LimiterSystem['draw'] => {
    return (random) => {
      const truth = { ...stored(random, ms / 1000), ...(defect === undefined ? {} : { defect }) }
      return { truth, ...expectOf(truth) }
    }
  }
  const twin = `token bucket in one step, answered ${String(ms)} ms later`
  return [
    { name: `token bucket that reads, and writes ${String(ms)} ms later`, expected: 'RACY', draw: of('racy') },
    { name: twin, expected: 'ENFORCED', kind: 'token bucket', draw: of() },
  ]
})

/** Of many in flight hardly any is counted, so that none is refused for seconds. */
const neverRefuses: LimiterSystem = {
  ...{ name: 'token bucket that reads, and writes 60 ms later', expected: 'RACY' },
  draw(random) {
    const truth = { ...stored(random, 0.06), burst: whole(random, 90, 120), defect: 'racy' } as const
    return { truth, ...expectOf(truth) }
  },
}

const figures: readonly LimiterSystem[] = [
  {
    ...{ name: 'no limiter', expected: 'NOT_PRESENT' },
    draw: (random) => ({ truth: { ...bucket(random), kind: 'none' }, seconds: 60 }),
  },
  {
    ...{ name: 'no limiter, one promised', expected: 'NOT_PRESENT' },
    draw(random) {
      const truth = bucket(random)
      return { truth: { ...truth, kind: 'none' }, ...expectOf(truth), seconds: 60 }
    },
  },
  {
    ...{ name: 'twice the rate that is promised', expected: 'OVER_ADMITS' },
    draw(random) {
      const truth = bucket(random)
      return { truth, expect: { ratePerSec: truth.ratePerSec / 2, burst: truth.burst } }
    },
  },
  {
    ...{ name: 'twice the burst that is promised', expected: 'OVER_ADMITS' },
    draw(random) {
      const truth = { ...bucket(random), burst: 2 * whole(random, 4, 30) }
      return { truth, expect: { ratePerSec: truth.ratePerSec, burst: truth.burst / 2 } }
    },
  },
  {
    ...{ name: 'half of the rate that is promised', expected: 'UNDER_ADMITS' },
    draw(random) {
      const truth = bucket(random)
      return { truth, expect: { ratePerSec: 2 * truth.ratePerSec, burst: truth.burst } }
    },
  },
  {
    ...{ name: 'token bucket, two keys', expected: 'ENFORCED', kind: 'token bucket' },
    draw(random) {
      const truth = bucket(random)
      return { truth, ...expectOf(truth), keys: 2, seconds: 120 }
    },
  },
  {
    ...{ name: 'cap on what is done at once', expected: 'ENFORCED', kind: 'concurrency cap' },
    draw: (random) => ({
      truth: { kind: 'none', ratePerSec: 1, burst: 1 },
      cap: { inFlight: whole(random, 3, 12), sec: 0.05 + 0.1 * random() },
    }),
  },
]

/** Limiters of every kind and with every defect. */
export const limiterSystems: readonly LimiterSystem[] = [...kinds, ...defects, ...races, neverRefuses, ...figures]
