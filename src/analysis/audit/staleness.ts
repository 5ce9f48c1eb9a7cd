import type { AuditedTest } from './audit-log.ts'

export interface Staleness {
  /** Reads that began after an acknowledgement of what they read. */
  readonly of: number
  readonly count: number
  readonly examples: readonly string[]
  /** How long what a stale read does not show had been acknowledged, in seconds; null: none was stale. */
  readonly ageSec: { readonly p50: number; readonly p95: number; readonly max: number } | null
}

const mostExamples = 10

/** Read-your-writes: each read back against what had been acknowledged when it began. What may or may not have happened asks for nothing. */
export function stalenessOf({ writes, readBacks }: AuditedTest): Staleness {
  const ages: number[] = []
  const examples: string[] = []
  let of = 0
  for (const { id, from, seen } of readBacks) {
    const state = writes.states.get(id)
    if (state === undefined || state.ackSec > from) continue
    const versions = (state.versions ?? []).filter(({ sec }) => sec <= from)
    if (typeof seen === 'number' && versions.length === 0) continue
    of++
    const missed =
      typeof seen === 'number'
        ? versions.filter(({ version }) => version > seen).map(({ sec }) => sec)
        : seen
          ? []
          : [state.ackSec]
    if (missed.length === 0) continue
    const age = from - missed.reduce((a, b) => Math.min(a, b))
    ages.push(age)
    if (examples.length < mostExamples) examples.push(`${id} (${String(Math.round(age * 1000))} ms after its acknowledgement)`)
  }
  ages.sort((a, b) => a - b)
  const rank = (q: number): number => ages[Math.max(0, Math.ceil(q * ages.length) - 1)] ?? 0
  return {
    of,
    count: ages.length,
    examples,
    ageSec: ages.length === 0 ? null : { p50: rank(0.5), p95: rank(0.95), max: rank(1) },
  }
}
