import { realBreakers, runRealBreaker } from '../../test/kit/breakers/real-breakers.ts'
import type { RealBreaker } from '../../test/kit/breakers/real-breakers.ts'
import { realLimiters, runRealLimiter } from '../../test/kit/limiters/real-limiters.ts'
import type { RealLimiter } from '../../test/kit/limiters/real-limiters.ts'
import { realPools, runRealPool } from '../../test/kit/pools/real-pools.ts'
import { runRealLeaks } from '../../test/kit/real-leaks.ts'
import { realError, realSearches, runRealSearch } from '../../test/kit/real-searches.ts'
import type { RealSearch } from '../../test/kit/real-searches.ts'
import type { TruthRow } from './row.ts'
import { runCase } from './row.ts'

/** Real processes under the built program: twenty servers, ten of which leak. */
async function realLeaks(): Promise<readonly TruthRow[]> {
  const outcomes = await runRealLeaks()
  const row = (isBroken: boolean): TruthRow => {
    const ours = outcomes.filter((outcome) => (outcome.case.leak !== undefined) === isBroken)
    const wrong = ours.filter(({ isFalseAlarm, isMiss }) => isFalseAlarm || isMiss)
    return {
      ...{
        detector: 'leak, real processes',
        system: isBroken ? 'servers that leak' : 'healthy servers',
        isBroken,
        promise: 0.02,
      },
      expected: isBroken ? 'its leak' : 'no leak',
      seeds: ours.map((_, i) => i),
      wrong: Object.fromEntries(wrong.map((outcome) => [`${outcome.case.name}: ${outcome.named.join(', ') || 'nothing'}`, 1])),
    }
  }
  return [row(true), row(false)]
}

/** Twice each, one after the other: a search needs the machine for itself. */
async function realSearchRows(): Promise<readonly TruthRow[]> {
  const rows: TruthRow[] = []
  for (const search of realSearches) {
    const said = new Map<number, readonly [word: string, figures: string]>()
    for (const seed of [1, 2]) said.set(seed, await searchOnce(search, seed))
    const { name, tolerance, kind, irregular = kind } = search
    const row = runCase(
      {
        ...{ detector: 'capacity search, real sockets', system: name, isBroken: true },
        expected: tolerance === undefined ? irregular : `within ${String(100 * tolerance)} %`,
        say: (seed) => said.get(seed)?.[0] ?? 'nothing',
      },
      [...said.keys()],
    )
    rows.push({ ...row, figures: [...said.values()].map(([, figures]) => figures).join('; ') })
  }
  return rows
}

const figure = (load: number | null): string => (load === null ? 'unknown' : load.toPrecision(4))

async function searchOnce(search: RealSearch, seed: number): Promise<readonly [word: string, figures: string]> {
  const { truth, tolerance = 0 } = search
  const test = await runRealSearch(search, seed)
  const { capacity } = test
  const figures =
    capacity === undefined ? '' : `${figure(capacity.lower)} to ${figure(capacity.upper)} in ${capacity.costSec.toFixed(0)} s`
  if (truth === undefined) return [capacity?.irregular.join(', ') ?? 'nothing', figures]
  const error = realError(test, truth)
  const word = Math.abs(error) <= tolerance ? `within ${String(100 * tolerance)} %` : (capacity?.kind ?? 'nothing')
  return [word, `${figures}, ${(100 * error).toFixed(1)} % off`]
}

/** So many wait side by side: a breaker's test is mostly waiting. */
const breakersAtOnce = 5

/** Correct ones that people use, and each planted defect: real servers behind the real proxy. */
async function realBreakerRows(): Promise<readonly TruthRow[]> {
  const rows: TruthRow[] = []
  for (let i = 0; i < realBreakers.length; i += breakersAtOnce) {
    const some = realBreakers.slice(i, i + breakersAtOnce)
    rows.push(...(await Promise.all(some.map(realBreakerRow))))
  }
  return rows
}

async function realBreakerRow(one: RealBreaker): Promise<TruthRow> {
  const said = (await runRealBreaker(one, 1)).breakers?.[0]?.verdict ?? 'nothing'
  const { name, expected } = one
  const isBroken = expected !== 'OK'
  return runCase({ detector: 'circuit breaker, real sockets', system: name, isBroken, expected, say: () => said }, [1])
}

/** So many wait side by side: a test of a limiter is mostly waiting, and has little time to do so. */
const limitersAtOnce = 4

async function realLimiterRows(): Promise<readonly TruthRow[]> {
  const rows: TruthRow[] = []
  for (let i = 0; i < realLimiters.length; i += limitersAtOnce)
    rows.push(...(await Promise.all(realLimiters.slice(i, i + limitersAtOnce).map(realLimiterRow))))
  return rows
}

async function realLimiterRow(one: RealLimiter): Promise<TruthRow> {
  const said = (await runRealLimiter(one)).test.limiters?.[0]?.verdict ?? 'nothing'
  const { name, expected } = one
  const row = { detector: 'rate limiter, real sockets', system: name, expected, isBroken: expected !== 'ENFORCED' }
  return runCase({ ...row, say: () => said }, [1])
}

/** Real servers with `pg`'s pool and a real PostgreSQL each, side by side. */
async function realPoolRows(): Promise<readonly TruthRow[]> {
  return Promise.all(
    realPools.map(async (one) => {
      const said = (await runRealPool(one)).test.pools?.[0]?.verdict ?? 'nothing'
      const { pool, expected } = one
      const row = {
        detector: 'connection pool, real sockets',
        system: `a pool that ${pool}`,
        expected,
        isBroken: expected !== 'OK',
      }
      return runCase({ ...row, say: () => said }, [1])
    }),
  )
}

export const realSections: readonly { readonly title: string; readonly rows: () => Promise<readonly TruthRow[]> }[] = [
  { title: 'Capacity search on real sockets', rows: realSearchRows },
  { title: 'Leaks of real processes (D12)', rows: realLeaks },
  { title: 'Circuit breakers on real sockets (D9)', rows: realBreakerRows },
  { title: 'Connection pools on real sockets (D13)', rows: realPoolRows },
  { title: 'Rate limiters on real sockets (D11)', rows: realLimiterRows },
]
