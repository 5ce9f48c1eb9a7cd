import { setTimeout as sleep } from 'node:timers/promises'
import type { Probe, ProbeFact } from './probe.ts'

/** What a probe cost the machine it watches. */
export interface ProbeCost {
  readonly samples: number
  /** Samples given up on because they took too long, and moments passed over because the last one was still under way. */
  readonly timeouts: number
  readonly skipped: number
  /** Time on our thread before the first wait, a sample: for a probe that reads `/proc`, all of its CPU. */
  readonly busyMs: number
  /** From question to answer. */
  readonly elapsedMs: number
}

/** Holds a probe to its time, keeps it from overlapping itself, and measures what it costs (fact `cost`). */
export function limitProbe(probe: Probe, limitMs = 800): Probe {
  let underWay: Promise<unknown> | undefined
  const total = { samples: 0, timeouts: 0, skipped: 0, busyMs: 0, elapsedMs: 0 }

  const sample = async (): Promise<Record<string, number>> => {
    if (underWay !== undefined) {
      total.skipped += 1
      return {}
    }
    const startMs = performance.now()
    const answer = probe.sample()
    total.samples += 1
    total.busyMs += performance.now() - startMs
    const settled = answer
      .catch(() => undefined)
      .finally(() => {
        underWay = undefined
        total.elapsedMs += performance.now() - startMs
      })
    underWay = settled
    const cancel = new AbortController()
    const late = sleep(limitMs, 'late' as const, { signal: cancel.signal, ref: false }).catch(() => 'cancelled' as const)
    const first = await Promise.race([answer, late])
    cancel.abort()
    if (typeof first !== 'string') return first
    total.timeouts += 1
    return {}
  }

  const cost = (): ProbeCost => ({
    samples: total.samples,
    timeouts: total.timeouts,
    skipped: total.skipped,
    busyMs: rounded(total.busyMs / Math.max(1, total.samples)),
    elapsedMs: rounded(total.elapsedMs / Math.max(1, total.samples)),
  })
  return {
    name: probe.name,
    units: probe.units,
    ...(probe.limitations === undefined ? {} : { limitations: probe.limitations }),
    sample,
    async facts(): Promise<ProbeFact[]> {
      const facts = (await probe.facts?.()) ?? []
      return [...facts, { fact: 'cost', value: cost() }]
    },
    ...(probe.scrape === undefined ? {} : { scrape: () => probe.scrape?.() ?? Promise.resolve() }),
    stop: () => probe.stop(),
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
