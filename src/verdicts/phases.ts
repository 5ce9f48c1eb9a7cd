import type { PhaseSpec } from '../model/plan-spec.ts'
import type { PhaseResult } from '../model/run-result.ts'
import type { Range, TestData } from '../analysis/index.ts'
import { latencyOf } from './latency.ts'

/** The whole seconds of a phase that are judged. */
export function judgedPart({ fromSec, toSec }: PhaseSpec, { judged }: TestData): Range | undefined {
  const range = { from: Math.max(judged.from, Math.ceil(fromSec)), to: Math.min(judged.to, Math.floor(toSec)) }
  return range.to > range.from ? range : undefined
}

/** The phases of a test; where its load has several, with the figures of each: a staircase is read step by step. */
export function phasesOf(test: TestData): readonly PhaseResult[] {
  const parts = test.spec.phases.map((phase) => ({ phase, range: judgedPart(phase, test) }))
  if (parts.filter(({ range }) => range !== undefined).length < 2) return test.spec.phases
  const kind = test.total('request').count > 0 ? 'request' : 'scenario'
  return parts.map(({ phase, range }) => {
    if (range === undefined) return phase
    const { count, failed, response } = test.total(kind, { range })
    return { ...phase, figures: { count, failed, perSec: count / (range.to - range.from), latencyMs: latencyOf(response) } }
  })
}
