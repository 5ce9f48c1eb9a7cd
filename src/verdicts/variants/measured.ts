import type { LoadUnit } from '../../model/load-spec.ts'
import type { TestResult } from '../../model/run-result.ts'
import type { VariantFigureId } from '../../model/variants-result.ts'
import { withoutLateness } from '../capacity/index.ts'
import { worst } from '../validity.ts'

/** One figure of one test. A capacity is known to lie between two ends, one of which may not have been found. */
export interface Measured {
  readonly low: number | null
  readonly high: number | null
  /** Of its logarithm, from within the test; 0: not known. */
  readonly variance: number
}

/** What a test says of a figure; undefined where it says nothing. */
type Measure = (test: TestResult, cores: number) => Measured | undefined

interface FigureKind {
  readonly id: VariantFigureId
  readonly better: 'more' | 'less'
  readonly unit: (test: TestResult) => 'ms' | LoadUnit
  readonly measure: Measure
}

/** In the order in which they decide. */
export const figureKinds: readonly FigureKind[] = [
  { id: 'capacity', better: 'more', unit: (test) => test.capacity?.unit ?? 'perSec', measure: capacityOf },
  { id: 'throughput', better: 'more', unit: () => 'perSec', measure: throughputOf },
  { id: 'p95', better: 'less', unit: () => 'ms', measure: p95Of },
  { id: 'perCpuSecond', better: 'more', unit: () => 'perSec', measure: perCpuSecondOf },
]

/** Whether a figure of it can be compared: of one whose times alone are in doubt, what its answers cost the target is known all the same. */
export function countsFor(id: VariantFigureId, test: TestResult): boolean {
  if (id !== 'perCpuSecond' || test.validity.verdict !== 'void') return counts(test)
  const checks = withoutLateness(test.validity.checks)
  return counts({ ...test, validity: { verdict: worst(checks), checks } })
}

/** Whether its figures can be compared with those of another one: they were measured to the end, and rightly. */
export function counts({ validity, verdict, capacity }: TestResult): boolean {
  if (verdict === 'error' || verdict === 'interrupted' || verdict === 'stopped' || capacity?.kind === 'unfinished') return false
  // What the generator could still make is borne for certain.
  return validity.verdict !== 'void' || capacity?.kind === 'generator-limited'
}

function capacityOf({ capacity }: TestResult): Measured | undefined {
  if (capacity === undefined || (capacity.lower === null && capacity.upper === null)) return undefined
  return { low: capacity.lower, high: capacity.upper, variance: 0 }
}

/** Good answers a second; a count of independent requests varies by its root. */
function throughputOf({ capacity, totals }: TestResult): Measured | undefined {
  if (capacity !== undefined) return undefined
  return exactly(totals.perSec * (1 - totals.errorRate), 1 / Math.max(1, totals.requests))
}

/** Half the width of a 95 % interval in standard errors. */
const standardErrors = 1.96

function p95Of({ capacity, latencyMs }: TestResult): Measured | undefined {
  if (capacity !== undefined || latencyMs.p95 === null) return undefined
  const [low, high] = latencyMs.intervals?.p95 ?? [1, 1]
  const deviation = low > 0 ? Math.log(high / low) / (2 * standardErrors) : 0
  return exactly(latencyMs.p95, deviation ** 2)
}

function perCpuSecondOf(test: TestResult, cores: number): Measured | undefined {
  const { capacity, totals, probes } = test
  const share = probes['target.cpu']?.mean ?? 0
  if (capacity !== undefined || share <= 0) return undefined
  return exactly((totals.perSec * (1 - totals.errorRate)) / (share * cores), 0)
}

/** Ratios are of positive values. */
function exactly(value: number, variance: number): Measured | undefined {
  return value > 0 ? { low: value, high: value, variance } : undefined
}
