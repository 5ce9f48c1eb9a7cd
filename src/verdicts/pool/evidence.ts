import type { FullPool, PoolTestId, PoolTestResult, PoolVerdict } from '../../model/pool-result.ts'
import type { PoolStage } from '../../model/pool-step.ts'
import type { Fullness, HeldConnections, PoolRun, PoolRunStage, RunData, TestData, Usual } from '../../analysis/index.ts'
import { fullIn, poolRun, PoolView, usualOf } from '../../analysis/index.ts'
import { fullPool } from './full-pool.ts'

/** What the record has of the test of one pool. */
export interface PoolEvidence {
  readonly data: RunData
  readonly test: TestData
  readonly link: string
  readonly run: PoolRun
  readonly view: PoolView
  /** Undefined: too little was seen before anything was done. */
  readonly usual: Usual | undefined
  /** The time in which answers to all connections were held back, and again. */
  readonly limit: HeldAll | undefined
  readonly again: HeldAll | undefined
  readonly full: FullPool | null
  readonly clientTimeoutSec: number
}

export interface HeldAll {
  readonly stage: PoolRunStage
  readonly held: HeldConnections
  /** Undefined: not every connection came to be in use. */
  readonly full: Fullness | undefined
}

/** One of the tests, and the defect that it shows. */
export interface Tested extends Omit<PoolTestResult, 'title'> {
  readonly defect?: PoolVerdict
}

/** Undefined when nothing was done to the link. */
export function poolEvidence(data: RunData, test: TestData, link: string): PoolEvidence | undefined {
  const run = poolRun(test, link)
  if (run === undefined) return undefined
  const view = new PoolView(test, link)
  view.update(test.loadSec)
  const baseline = run.stages.find(({ stage }) => stage === 'baseline')
  const { firstByteTimeoutMs, timeoutMs } = data.header.plan.http
  const clientTimeoutSec = Math.min(firstByteTimeoutMs, timeoutMs) / 1000
  const common = { data, test, link, run, view, clientTimeoutSec }
  if (baseline === undefined) return { ...common, usual: undefined, limit: undefined, again: undefined, full: null }
  const usual = usualOf(view, baseline.fromSec, Math.min(baseline.toSec, view.seconds))
  const held = (name: PoolStage): HeldAll | undefined => {
    const stage = run.stages.find((one) => one.stage === name)
    const [first] = stage?.held ?? []
    if (stage === undefined || first === undefined) return undefined
    return { stage, held: first, full: fullIn(view, { from: first.fromSec, to: first.toSec, usual }) }
  }
  const limit = held('limit')
  const full =
    limit?.full === undefined
      ? null
      : fullPool({ test, view, usual, full: limit.full, toSec: limit.held.toSec, clientTimeoutSec })
  return { ...common, usual, limit, again: held('again'), full }
}

export function skipped({ run }: PoolEvidence, id: PoolTestId, stage: PoolStage): Tested {
  const why = run.skipped.find((one) => one.stage === stage)?.why
  return { id, verdict: 'skipped', evidence: why ?? 'the test ended before' }
}

export function seconds(sec: number): string {
  return sec < 1 ? `${String(Math.round(1000 * sec))} ms` : `${sec < 10 ? sec.toFixed(1) : String(Math.round(sec))} s`
}

export function connections(count: number): string {
  return count === 1 ? 'one connection' : `${String(count)} connections`
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
