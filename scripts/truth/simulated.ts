import { auditCases } from './audits.ts'
import { breakerCases } from './breakers.ts'
import { dependencyCases } from './dependencies.ts'
import { growthCases } from './growths.ts'
import { kneeCases } from './knees.ts'
import { leakCases } from './leaks.ts'
import { classCases, degradationCases, hysteresisCases } from './overloads.ts'
import { metastableRows, recoveryCases } from './recoveries.ts'
import { limiterCases } from './limiters.ts'
import { limitCases } from './limits.ts'
import { poolCases } from './pools.ts'
import { runCase } from './row.ts'
import type { TruthRow } from './row.ts'
import { shortageCases } from './shortages.ts'
import { impatientCases, runSearchCase, searchCases, searchKindCases } from './searches.ts'

export interface TruthSection {
  readonly title: string
  readonly rows: (seeds: readonly number[]) => readonly TruthRow[]
}

/** Everything that is a pure function, on a virtual clock. */
export const sections: readonly TruthSection[] = [
  { title: 'Capacity search', rows: (seeds) => searchCases.map((one) => runSearchCase(one, seeds)) },
  {
    title: 'Capacity search with trials of at most two minutes, as plans have them by default',
    // No promise: this is what less time costs.
    rows: (seeds) => impatientCases.map((one) => ({ ...runSearchCase(one, seeds), promise: 1 })),
  },
  {
    title: 'What a search says where it is no plain interval',
    rows: (seeds) => searchKindCases.map((one) => runCase(one, seeds)),
  },
  { title: 'Growth (D1b)', rows: (seeds) => growthCases.map((one) => runCase(one, seeds)) },
  { title: 'Knee by power (D3)', rows: (seeds) => kneeCases.map((one) => runCase(one, seeds)) },
  { title: 'Failure classes (D4)', rows: (seeds) => classCases.map((one) => runCase(one, seeds)) },
  { title: 'What limits a service', rows: (seeds) => limitCases.map((one) => runCase(one, seeds)) },
  { title: 'Degradation (D5)', rows: (seeds) => degradationCases.map((one) => runCase(one, seeds)) },
  { title: 'Hysteresis (D7)', rows: (seeds) => hysteresisCases.map((one) => runCase(one, seeds)) },
  { title: 'Recovery (D6)', rows: (seeds) => recoveryCases.map((one) => runCase(one, seeds)) },
  { title: 'Metastable failure (D8)', rows: metastableRows },
  { title: 'Leaks (D12)', rows: (seeds) => leakCases.map((one) => runCase(one, seeds)) },
  { title: 'Resource exhaustion (D13)', rows: (seeds) => shortageCases.map((one) => runCase(one, seeds)) },
  { title: 'A flow and its provider', rows: (seeds) => dependencyCases.map((one) => runCase(one, seeds)) },
  { title: 'Circuit breakers (D9)', rows: (seeds) => breakerCases.map((one) => runCase(one, seeds)) },
  { title: 'Connection pools (D13)', rows: (seeds) => poolCases.map((one) => runCase(one, seeds)) },
  { title: 'Rate limiters (D11)', rows: (seeds) => limiterCases.map((one) => runCase(one, seeds)) },
  { title: 'Data (D10)', rows: (seeds) => auditCases.map((one) => runCase(one, seeds)) },
]
