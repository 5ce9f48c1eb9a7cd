import type { TestData } from '../analysis/index.ts'
import type { FaultResult, Finding } from '../model/run-result.ts'
import { finding } from './finding-catalogue.ts'
import { digits } from './format-value.ts'

/** How a target took being asked to end. */
export interface Drain {
  readonly fault: string
  /** Requests in flight at the signal whose connection was reset or closed before their answer was whole. */
  readonly lost: number
  /** Most that were in flight in the second of the signal. */
  readonly inFlight: number
  /** From the signal until its last process had ended; null: it did not end by itself. */
  readonly sec: number | null
}

/** What was usual is taken from so many seconds before. */
const usualSec = 10

/**
 * Of faults that ask the target to end. A second of the record does not say which of its requests began before the signal, so what broke from the
 * signal until the end of the process, beyond what broke before it anyway, counts as far as so many were in flight. Requests that were refused
 * are not among them: they had not begun. Nor is an idempotent request that a kept connection lost before the first byte of its answer: the
 * client sends it once more (RFC 9112 section 9.3.1).
 */
export function drainsOf(test: TestData, faults: readonly FaultResult[]): Drain[] {
  return faults.flatMap(({ id, kind, on, at, clearedAt, facts }) => {
    if ((kind !== 'terminate' && kind !== 'restart') || on !== 'target' || at === null || facts === undefined) return []
    const sec = facts['endedSec'] ?? null
    const from = Math.floor(at)
    const to = Math.floor(sec === null ? (clearedAt ?? at) : at + sec) + 1
    const usual = (broken(test, Math.max(0, from - usualSec), from) / Math.max(1, Math.min(from, usualSec))) * (to - from)
    const inFlight = test.generators({ from, to: from + 1 }).reduce((sum, { window }) => sum + window.inFlightMax, 0)
    const lost = Math.min(inFlight, Math.max(0, Math.round(broken(test, from, to) - usual)))
    return [{ fault: id, lost, inFlight, sec }]
  })
}

function broken(test: TestData, from: number, to: number): number {
  if (to <= from) return 0
  const { failures } = test.total('request', { range: { from, to } })
  return (failures.reset ?? 0) + (failures['closed-early'] ?? 0)
}

/** `requests-lost-on-drain`. */
export function drainFindings(drains: readonly Drain[]): Finding[] {
  return drains
    .filter(({ lost }) => lost > 0)
    .map(({ fault, lost, inFlight, sec }) => {
      const ended = sec === null ? 'It did not end by itself, and was killed.' : `It had ended ${digits(sec)} s after the signal.`
      const evidence = `At the fault "${fault}" ${digits(lost)} of up to ${digits(inFlight)} requests in flight lost their connection without an answer. ${ended}`
      return finding('requests-lost-on-drain', evidence)
    })
}
