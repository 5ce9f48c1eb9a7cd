import type { RunData, TestData } from '../../analysis/index.ts'
import { longestTrialSec } from '../../analysis/index.ts'
import type { CapacitySpec } from '../../model/capacity-spec.ts'
import type { RunHeader } from '../../model/run-header.ts'
import type { RunResult, TestResult } from '../../model/run-result.ts'
import { loadText } from '../capacity-words.ts'
import { bytes, count, digits, duration, ms, percent, perSec, unknown } from '../numbers.ts'
import type { PageFact, PageFigure } from './page-data.ts'

export function runFacts(
  { plan, workers, startedAt }: RunHeader,
  { machine, seed, fingerprint, exitCode }: RunResult,
): PageFact[] {
  const { target } = plan
  const facts: PageFact[] = [
    { label: 'Started', value: startedAt },
    { label: 'Plan', value: plan.file === '' ? 'none (ad-hoc run)' : plan.file },
    {
      label: 'Target',
      value:
        [target?.url, target?.start?.join(' ')].filter((part) => part !== undefined).join('  ←  ') ||
        (Object.keys(plan.services).length > 0 ? 'none: services and functions in process' : 'in process'),
    },
    {
      label: 'Services',
      value:
        Object.entries(plan.services)
          .map(([name, { kind }]) => `${name} (${kind})`)
          .join(', ') || 'none',
    },
    {
      label: 'Machine',
      value: `${machine.hostname}, ${machine.platform}, ${machine.cores} × ${machine.cpu}, ${bytes(machine.memoryBytes)} memory${machine.coresAwake === true ? ', idle cores kept awake' : ''}`,
    },
    {
      label: 'Generator',
      value: `proofload ${machine.proofload}, Node ${machine.node}, ${workers} ${workers === 1 ? 'worker' : 'workers'}${machine.realtimeGenerator === true ? ' at real-time priority' : ''}`,
    },
    { label: 'Seed', value: String(seed) },
    { label: 'Fingerprint', value: fingerprint },
    { label: 'Exit status', value: String(exitCode) },
  ]
  return facts
}

export function noticesOf(data: RunData): string[] {
  const notices = data.events.flatMap((event) => (event.kind === 'probe-unavailable' ? [`${event.probe}: ${event.reason}`] : []))
  return [...new Set(notices)]
}

export function keyFigures(test: TestData, { totals, latencyMs }: TestResult): PageFigure[] {
  const percentile = (label: 'p50' | 'p95' | 'p99'): PageFigure => {
    const value = latencyMs[label]
    const interval = latencyMs.intervals?.[label]
    const note =
      value === null ? 'too few samples' : interval ? `95 % interval ${digits(interval[0])} – ${digits(interval[1])}` : ''
    return { label, value: ms(value), note }
  }
  const rows = test.rows({ range: test.judged })
  const users = rows.length === 0 ? null : Math.max(...rows.map((row) => row.users))
  const inFlight = rows.length === 0 ? null : Math.max(...rows.map((row) => row.inFlight))
  return [
    { label: 'Requests', value: perSec(totals.perSec), note: `${count(totals.requests)} in all` },
    percentile('p50'),
    percentile('p95'),
    percentile('p99'),
    { label: 'Errors', value: percent(totals.errorRate), note: `${count(totals.failed)} failed` },
    {
      label: 'Users',
      value: users === null ? unknown : count(users),
      note: inFlight === null ? '' : `at most ${digits(inFlight)} in flight`,
    },
    ...(totals.dropped > 0 ? [{ label: 'Dropped', value: count(totals.dropped), note: 'arrivals abandoned' }] : []),
  ]
}

/** How the load was made and what of it is judged. */
export function loadSentence({ spec, judged }: TestData, result: TestResult): string {
  if (spec.capacity) return searchSentence(spec.capacity, result.durationSec)
  const models = new Set(spec.loads.map(({ load }) => load.model))
  const words: string[] = []
  if (models.has('closed')) words.push('closed model: each user starts its next iteration when the last one ends')
  if (models.has('iterations')) words.push('closed model: a fixed number of iterations')
  if (models.has('open')) {
    const process = spec.loads.some(({ load }) => load.model === 'open' && load.process === 'poisson') ? 'Poisson' : 'uniform'
    words.push(`open model: ${process} arrivals that come whether the target keeps up or not`)
  }
  if (models.has('trace')) words.push('open model: arrivals replayed from a file')
  if (models.has('watch')) words.push('no load: only watched')
  const warm = result.warmup.sec > 0 ? `, after a warm-up of ${duration(result.warmup.sec)} that is left out` : ''
  return `${duration(result.durationSec)}, ${words.join('; ')}. Judged are ${duration(Math.max(0, judged.to - judged.from))}${warm}.`
}

function searchSentence(capacity: CapacitySpec, seconds: number): string {
  const { unit, from, to, process } = capacity
  const model =
    unit === 'users'
      ? 'closed model: each user starts its next iteration when the last one ends'
      : `open model: ${process === 'poisson' ? 'Poisson' : 'uniform'} arrivals that come whether the target keeps up or not`
  const range = `${loadText(from, unit)} to ${loadText(to, unit)}`
  return `${duration(seconds)}, a search from ${range} in trials of at most ${duration(longestTrialSec(capacity))}; ${model}. Each trial is judged by itself.`
}
