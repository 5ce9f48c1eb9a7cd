import type { Finding } from '../model/run-result.ts'
import type { ProbePoint } from '../analysis/index.ts'
import { theilSen } from '../analysis/index.ts'
import { finding } from './finding-catalogue.ts'
import type { FindingInput } from './findings.ts'
import { digits, formatValue } from './format-value.ts'
import { takenStretches } from './pool/index.ts'
import { faultStretches } from './recovery/index.ts'
import { isPoolWaiting, poolSizeName } from './pool-gauges.ts'
import { lowsOf } from './probe-value.ts'
import { isWithin } from './stretches.ts'

/** Ours. A pause of this length is seen by a person (Nielsen 1993: 0.1 s is the limit of "instantly"). */
const pauseMs = 100

/**
 * `event-loop-blocked`: again and again requests were in flight and no byte came from any of them for 100 ms or more, while the
 * generator's own loop was well in that second and answers otherwise are quick and plenty. Where the target's page has Node's
 * event-loop lag (prom-client's `nodejs_eventloop_lag_max_seconds`), it must agree. Where the target has not the CPU that it wants both must
 * agree and it must have had a core for 100 ms of the lag. What it does while something is broken on purpose is not judged.
 */
export function eventLoopBlocked(input: FindingInput): Finding[] {
  const { test, faults } = input
  const broken = faultStretches(faults, test)
  const isWhole = (sec: number): boolean => !isWithin(broken, sec)
  const starved = starvedSeconds(input)
  const allSilences = silentSeconds(input).filter(({ sec }) => isWhole(sec))
  const silences = allSilences.filter(({ sec }) => !starved.has(sec))
  const readings = lagReadings(input).filter(({ t }) => isWhole(t) && isWhole(t - 1))
  const lag = readings.flatMap(({ t, value }) => (starved.has(Math.floor(t)) ? [] : [value * 1000]))
  const rows = test.rows({ range: test.judged }).filter(({ sec }) => isWhole(sec))
  const seconds = rows.length
  if (seconds === 0) return []
  const answersPerSec = rows.reduce((sum, row) => sum + row.count, 0) / seconds
  // With few answers a second, a silence is ordinary: chance alone must leave none of this length (e^-5 a pause of a Poisson stream).
  const isTelling = answersPerSec * (pauseMs / 1000) >= 5
  const often = silences.length >= Math.max(2, seconds / 15)
  const longest = Math.max(0, ...silences.map(({ silenceMs }) => silenceMs))
  const lagPauses = lag.filter((ms) => ms >= pauseMs)
  const lagOften = lagPauses.length >= Math.max(2, seconds / 15)
  const ran = pausesThatRan(input, readings, allSilences)
  const isSilent = often && isTelling
  // Two witnesses where there are two: a silence alone may be a slow database, a lag alone may be a starved machine.
  const isBlocked = lag.length < 3 ? isSilent : lagOften && (isSilent || !isTelling)
  if (!isBlocked && isTelling && ran.length >= Math.max(2, seconds / 15))
    return [finding('event-loop-blocked', ranEvidence(ran, seconds))]
  if (!isBlocked) return []
  const parts = [
    silences.length > 0 && isTelling
      ? `In ${silences.length} of ${seconds} seconds the target sent nothing to anybody for ${digits(pauseMs)} ms or more with requests waiting; the longest pause was ${digits(longest)} ms.`
      : '',
    lagOften
      ? `Its own event-loop lag reached ${digits(Math.max(...lagPauses))} ms, in ${lagPauses.length} of ${lag.length} readings 100 ms or more.`
      : '',
  ]
  return [finding('event-loop-blocked', parts.filter((part) => part !== '').join(' '))]
}

/**
 * Ours: seconds in which the machine had no CPU left, or let our own threads or the target wait for a core. A pause then is the machine's (or of a
 * limit on the target's CPU), not the target's. Our threads alone do not tell: they may go before all others.
 */
function starvedSeconds({ test }: FindingInput): ReadonlySet<number> {
  const starved = new Set<number>()
  for (const { sec, window } of test.generators(test.judged)) if ((window.runQueueWait ?? 0) > 0.3) starved.add(sec)
  for (const { t, value } of test.probe('host.cpu', test.judged)) if (value > 0.97) starved.add(Math.floor(t))
  // A reading is of the second before it, which is not quite a second of the windows.
  for (const { t, value } of test.probe('target.cpu.wait', test.judged))
    if (value > 0.3) for (const sec of [Math.floor(t) - 1, Math.floor(t)]) starved.add(sec)
  return starved
}

interface Silence {
  readonly sec: number
  readonly silenceMs: number
}

/** Longest silence of each judged second in which it was long and the generator was not its cause. */
function silentSeconds({ test }: FindingInput): Silence[] {
  const bySecond = new Map<number, { silence: number; own: number }>()
  for (const { sec, window } of test.generators(test.judged)) {
    const before = bySecond.get(sec)
    // Every worker must have heard nothing: the shortest of their silences. A worker without requests in flight says nothing.
    const silence = window.inFlightMax === 0 ? Infinity : window.silenceMaxMs
    const own = Math.max(window.loopDelayMaxMs, window.gcMaxMs)
    bySecond.set(sec, { silence: Math.min(silence, before?.silence ?? Infinity), own: Math.max(own, before?.own ?? 0) })
  }
  return [...bySecond].flatMap(([sec, { silence, own }]) =>
    silence !== Infinity && silence - own >= pauseMs ? [{ sec, silenceMs: silence }] : [],
  )
}

interface Pause {
  readonly lagMs: number
  readonly ranMs: number
  readonly silenceMs: number
}

/**
 * Pauses that both witnesses saw and in which the target ran, whatever else the machine did. How much of a lag the thread ran is not
 * known, only how much of that second it ran and waited for a core; it wanted to run all through a lag, so the shares are taken to be
 * the same. (Measured with 12 busy processes on 2 cores: a healthy shop's lags of 90 to 600 ms had 11 to 71 ms, blocked ones 120 to 150.)
 */
function pausesThatRan({ test }: FindingInput, readings: readonly ProbePoint[], silences: readonly Silence[]): Pause[] {
  const waits = test.probe('target.cpu.wait', test.judged)
  const cores = test.probe('target.cpu.core', test.judged)
  const found = readings.flatMap(({ t, value }) => {
    const [wait, core] = [nearest(waits, t), nearest(cores, t)]
    // The reading is of the second before it, which is not quite a second of the windows.
    const near = silences.filter(({ sec }) => sec >= t - 2.5 && sec <= t).map(({ silenceMs }) => silenceMs)
    if (wait === undefined || core === undefined || wait + core === 0 || near.length === 0) return []
    const lagMs = value * 1000
    return [{ lagMs, ranMs: (lagMs * core) / (core + wait), silenceMs: Math.max(...near) }]
  })
  return found.filter(({ ranMs }) => ranMs >= pauseMs)
}

function nearest(points: readonly ProbePoint[], t: number): number | undefined {
  const distance = (point: ProbePoint): number => Math.abs(point.t - t)
  const near = points.filter((point) => distance(point) < 0.6).sort((a, b) => distance(a) - distance(b))
  return near[0]?.value
}

function ranEvidence(pauses: readonly Pause[], seconds: number): string {
  const [lag, ran, silence] = (['lagMs', 'ranMs', 'silenceMs'] as const).map((key) =>
    digits(Math.max(...pauses.map((pause) => pause[key]))),
  )
  return `In ${pauses.length} of ${seconds} seconds the target sent nothing to anybody for 100 ms or more with requests waiting (up to ${silence} ms) while its own event-loop lag reached up to ${lag} ms. The target waited for a core as well, but had one for about ${ran} ms of that.`
}

/** Readings of Node's own lag in seconds, as prom-client's page has it. */
function lagReadings({ data, test }: FindingInput): ProbePoint[] {
  const name = data.probeNames.find((probe) => /(^|\.)nodejs_eventloop_lag_max_seconds$/.test(probe))
  if (name === undefined) return []
  const points = test.probe(name, test.judged)
  // Some versions never reset the maximum: then only a new maximum is news.
  const isReset = points.some(({ value }, i) => value < (points[i - 1]?.value ?? 0))
  return points.filter(({ value }, i) => isReset || (i > 0 && value > (points[i - 1]?.value ?? 0)))
}

/** `pool-exhausted`: ours, a gauge of a pool's waiters above zero in a third of the judged readings, and on average two or more of them. */
export function poolExhausted(input: FindingInput): Finding[] {
  const { data, test } = input
  const taken = takenStretches(input)
  return data.probeNames.filter(isPoolWaiting).flatMap((name) => {
    const values = test
      .probe(name, test.judged)
      .filter(({ t }) => !isWithin(taken, t))
      .map(({ value }) => value)
    const waiting = values.filter((value) => value > 0)
    const mean = waiting.reduce((a, b) => a + b, 0) / Math.max(1, waiting.length)
    if (values.length < 3 || waiting.length < values.length / 3 || mean < 2) return []
    const evidence = `${name} was above zero in ${waiting.length} of ${values.length} readings, ${digits(mean)} requests waiting on average and up to ${digits(Math.max(...waiting))}.`
    return [finding('pool-exhausted', `${evidence}${poolSize(data.probeNames, name, test)}`)]
  })
}

function poolSize(names: readonly string[], waiting: string, test: FindingInput['test']): string {
  const size = poolSizeName(names, waiting)
  const value = size === undefined ? undefined : test.probe(size, test.judged).at(-1)?.value
  return value === undefined ? '' : ` The pool has ${digits(value)} connections.`
}

/** Ours. Look-ups a second below which a cache does not matter. */
const busyCachePerSec = 5

/**
 * `cache-ineffective`: fewer than a tenth of the look-ups hit, over pairs of counters whose names differ only by hit and miss, once it
 * had the time to fill (the second half of the judged time), with enough look-ups to matter.
 */
export function cacheIneffective({ data, test }: FindingInput): Finding[] {
  const { from, to } = test.judged
  const range = { from: from + Math.floor((to - from) / 2), to }
  return data.probeNames.flatMap((hits) => {
    if (!/(^|[^a-z])hits?([^a-z]|$)/i.test(hits)) return []
    const misses = [hits.replace(/hits(?![a-z])/i, 'misses'), hits.replace(/hit(?![a-z])/i, 'miss')].find(
      (name) => name !== hits && data.probeNames.includes(name),
    )
    if (misses === undefined) return []
    const [hit, miss] = [grown(test.probe(hits, range)), grown(test.probe(misses, range))]
    const seconds = to - range.from
    if (hit + miss < busyCachePerSec * seconds || hit + miss < 50) return []
    const ratio = hit / (hit + miss)
    if (ratio >= 0.1) return []
    return [
      finding(
        'cache-ineffective',
        `${digits(ratio * 100)} % of ${digits(hit + miss)} look-ups were hits (${hits} against ${misses}, last ${digits(seconds)} s).`,
      ),
    ]
  })
}

function grown(points: readonly ProbePoint[]): number {
  return Math.max(0, (points.at(-1)?.value ?? 0) - (points[0]?.value ?? 0))
}

/**
 * `memory-growth`: a hint only. The lows of ten seconds rise through the second half and the whole of the judged time, the lower end of
 * the slope's interval is above zero, and the growth is more than a tenth of the memory and 20 MB (ours). Where D12 names a leak, there is
 * nothing to hint at.
 */
export function memoryGrowth({ test, leaks }: FindingInput): Finding[] {
  if (leaks.some(({ watched, verdict }) => watched.finding === 'memory-leak' && verdict.kind === 'leak')) return []
  const points = test.probe('target.memory', test.judged)
  const lows = lowsOf(points)
  const [first] = lows
  const last = lows.at(-1)
  if (first === undefined || last === undefined || lows.length < 6) return []
  const slope = theilSen(lows)
  const late = theilSen(lows.slice(lows.length >> 1))
  if (slope === null || late === null || slope.low <= 0 || late.perUnit < 0.5 * slope.perUnit) return []
  const growth = slope.perUnit * (last.t - first.t)
  if (growth < 0.1 * first.value || growth < 20e6) return []
  const evidence = `Resident memory grew by about ${formatValue(growth, 'bytes')} in ${digits(last.t - first.t)} s (from ${formatValue(first.value, 'bytes')}), still at ${formatValue(late.perUnit, 'bytesPerSec')} in the second half.`
  return [finding('memory-growth', evidence)]
}

/** Ours. */
const saturated = 0.95

/** `target-saturated`: all cores, or one core by one thread, 95 % busy in at least half of the judged seconds. */
export function targetSaturated({ test }: FindingInput): Finding[] {
  const kinds = [
    ['target.cpu', 'all cores'],
    ['target.cpu.core', 'one core (its busiest thread)'],
  ] as const
  for (const [name, what] of kinds) {
    const values = test.probe(name, test.judged).map(({ value }) => value)
    const busy = values.filter((value) => value >= saturated).length
    if (values.length < 3 || busy < values.length / 2) continue
    return [finding('target-saturated', `The target used 95 % and more of ${what} in ${busy} of ${values.length} seconds.`)]
  }
  return []
}
