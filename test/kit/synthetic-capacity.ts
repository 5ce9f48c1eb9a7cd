import { fitUsl, uslThroughput } from '../../src/analysis/index.ts'
import type {
  CapacityKind,
  CapacityResult,
  CurveResult,
  FailureName,
  OverloadResult,
  ResourceUse,
  TrialResult,
  UslResult,
} from '../../src/model/capacity-result.ts'
import type { LoadUnit } from '../../src/model/load-spec.ts'
import type { TrialKind } from '../../src/model/run-event.ts'

export interface SyntheticCapacityOptions {
  readonly kind?: CapacityKind
  readonly unit?: LoadUnit
  /** Service rate of the one server, requests per second. */
  readonly rate?: number
  /** `p95 < …` is the objective. */
  readonly limitMs?: number
  readonly from?: number
  readonly to?: number
  readonly within?: number
  /** What the target does beyond its capacity. */
  readonly beyond?: 'shed' | 'saturation' | 'congestion-collapse' | 'crash'
  readonly overload?: boolean
  /** Too few samples for a p99. */
  readonly p99?: boolean
  readonly trials?: 'all' | 'one'
  readonly trialSec?: number
}

/** Seconds that a user of the closed model thinks. */
const thinkSec = 1

interface Steady {
  readonly goodput: number
  readonly completedPerSec: number
  readonly percentileMs: (q: number) => number
  readonly busy: number
  readonly rejects: number
}

/**
 * A search of a system whose every figure is a formula: M/M/1 for arrivals (sojourn times exponential with mean 1/(μ − λ); beyond μ the queue grows
 * by λ − μ a second), exact mean value analysis of one station with think time for users. Nothing in it is random.
 */
export function syntheticCapacity(options: SyntheticCapacityOptions = {}): CapacityResult {
  const { kind = 'interval', unit = 'perSec', rate = 340, limitMs = 100, within = 0.05, beyond = 'saturation' } = options
  const { trials: wanted = 'all', p99 = true, trialSec = 30 } = options
  const truth = unit === 'perSec' ? rate - Math.log(20) / (limitMs / 1000) : usersBorne(rate, limitMs)
  const from = options.from ?? (kind === 'fails-at-from' ? Math.ceil(truth * 1.2) : Math.max(1, Math.round(truth / 6.2)))
  const to = options.to ?? (kind === 'at-least' || kind === 'generator-limited' ? Math.floor(truth * 0.9) : truth * 64)
  const facts = { unit, rate, limitMs, beyond, p99, truth, generatorFrom: kind === 'generator-limited' ? to * 0.8 : Infinity }
  const trials: TrialResult[] = []
  const run = (purpose: TrialKind, load: number, factor?: number) =>
    trials.push(trialOf(facts, { purpose, load, factor: factor ?? null, sec: trialSec }, trials))
  const ends = search({ run, trials, from, to, within, kind, one: wanted === 'one' })
  const curve = curveOf(trials)
  const lowest = curve.find(({ offered }) => offered === ends.lower)
  if (options.overload === true && ends.lower !== null) {
    for (const factor of [1.25, 1.5, 2, 3, 5]) run('overload', Math.round(ends.lower * factor), factor)
    run('hysteresis', Math.round(ends.lower * 0.75), 0.75)
  }
  const limited = kind === 'interval' || kind === 'fails-at-from'
  const hard = beyond === 'crash' && limited ? ends.upper : null
  return {
    kind,
    unit,
    ...ends,
    width: ends.lower === null || ends.upper === null ? null : (ends.upper - ends.lower) / ends.upper,
    within,
    goodputPerSec: lowest?.goodput ?? null,
    knee: curve.length < 4 ? null : kneeOf(curve),
    kneeInterval: curve.length < 6 ? null : [kneeOf(curve) * 0.86, kneeOf(curve) * 1.17],
    kneedle: curve.length < 6 ? null : kneeOf(curve) * 1.3,
    limitedBy: limited ? 'cpu-core' : null,
    saturation: saturationOf(facts, curve),
    failureClass: limited ? (curve.find(({ offered }) => offered === ends.upper)?.class ?? null) : null,
    limitingObjective: limited ? objectiveOf(facts) : null,
    hardBreakingPoint: hard,
    irregular: kind === 'generator-limited' ? ['generator-limited'] : [],
    quick: false,
    headroom: ends.lower === null ? null : { peak: Math.round(ends.lower * 0.7), share: 0.3 },
    curve,
    usl: uslOf(facts, curve),
    trials,
    costSec: trials.reduce((sum, { fromSec, toSec }) => sum + toSec - fromSec, 0),
    staircaseSec: ends.lower === null || ends.upper === null ? null : Math.ceil(truth / (within * truth)) * trialSec * 4,
    overload: options.overload === true && ends.lower !== null ? overloadOf(facts, trials, ends.lower) : null,
  }
}

interface Facts {
  readonly unit: LoadUnit
  readonly rate: number
  readonly limitMs: number
  readonly beyond: 'shed' | 'saturation' | 'congestion-collapse' | 'crash'
  readonly p99: boolean
  readonly truth: number
  /** From this load on the generator is the limit. */
  readonly generatorFrom: number
}

interface SearchFacts {
  readonly run: (purpose: TrialKind, load: number) => void
  readonly trials: readonly TrialResult[]
  readonly from: number
  readonly to: number
  readonly within: number
  readonly kind: CapacityKind
  readonly one: boolean
}

/** Doubling, bisection, and a confirmation of both ends, as the real search does. */
function search({ run, trials, from, to, within, kind, one }: SearchFacts): { lower: number | null; upper: number | null } {
  let lower: number | null = null
  let upper: number | null = null
  const tryLoad = (purpose: TrialKind, load: number) => {
    run(purpose, load)
    const verdict = trials.at(-1)?.verdict
    if (verdict === 'bears') lower = load
    if (verdict === 'fails') upper = load
    return verdict
  }
  for (let load = from; ; load = Math.min(to, load * 2)) {
    const verdict = tryLoad('bracket', load)
    if (verdict !== 'bears' || load >= to || one) break
  }
  const ends = (): [number | null, number | null] => [lower, upper]
  for (let step = 0; step < 12; step++) {
    const [low, high] = ends()
    if (low === null || high === null || one || (high - low) / high <= within) break
    if (kind === 'unfinished' && step === 2) return { lower: low, upper: high }
    tryLoad('bisect', Math.round((low + high) / 2))
  }
  const [low, high] = ends()
  if (low !== null && !one) run('confirm-lower', low)
  if (high !== null && !one && kind === 'interval') run('confirm-upper', high)
  return { lower: low, upper: high }
}

function trialOf(
  facts: Facts,
  { purpose, load, factor, sec }: { purpose: TrialKind; load: number; factor: number | null; sec: number },
  before: readonly TrialResult[],
): TrialResult {
  const last = before.at(-1)
  const fromSec = last ? last.toSec + (last.settle?.sec ?? 0) : 0
  const void_ = load >= facts.generatorFrom
  const fails = load > facts.truth
  const confirm = purpose.startsWith('confirm')
  const planned = confirm ? sec * 4 : purpose === 'overload' ? sec / 2 : sec
  const certain = fails && load > facts.truth * 1.15 && !confirm && purpose !== 'overload'
  const length = certain ? planned / 3 : planned
  const now = steady(facts, load, length)
  const ms = (q: number) => Number(now.percentileMs(q).toPrecision(4))
  return {
    trial: before.length + 1,
    purpose,
    load,
    factor,
    fromSec,
    toSec: fromSec + length,
    plannedSec: planned,
    end: certain ? 'certain' : 'completed',
    verdict: void_ ? 'void' : fails ? 'fails' : 'bears',
    goodput: now.goodput,
    completedPerSec: now.completedPerSec,
    p50: ms(0.5),
    p95: ms(0.95),
    p99: facts.p99 ? ms(0.99) : null,
    errorRate: now.rejects,
    class: void_ ? 'generator-limited' : fails ? classAt(facts, load) : 'healthy',
    failedObjective: fails ? objectiveOf(facts) : null,
    growing: fails && load > facts.rate && facts.beyond !== 'shed',
    voidBy: void_ ? ['generator-cpu', 'late-sends'] : [],
    settle: fails
      ? { sec: purpose === 'overload' ? 12 : 8, settled: load < facts.truth * 4, waitedFor: ['in flight', 'target.memory'] }
      : { sec: 2, settled: true, waitedFor: [] },
  }
}

function objectiveOf({ beyond, limitMs }: Facts): string {
  return beyond === 'shed' ? 'errors < 1%' : `p95 < ${limitMs}ms`
}

function classAt({ beyond, truth }: Facts, load: number): FailureName {
  if (beyond === 'shed') return 'shed'
  if (beyond === 'saturation' || load < truth * 1.06) return 'saturation'
  if (beyond === 'crash') return load > truth * 1.5 ? 'out-of-memory' : 'saturation'
  return beyond
}

function steady({ unit, rate, limitMs, beyond, truth }: Facts, load: number, sec: number): Steady {
  const limitSec = limitMs / 1000
  if (unit === 'users') {
    const { perSec, responseSec } = closedStation(rate, load)
    const good = perSec * (1 - Math.exp(-limitSec / responseSec))
    const busy = Math.min(1, perSec / rate)
    return {
      goodput: good,
      completedPerSec: perSec,
      percentileMs: (q) => -1000 * Math.log(1 - q) * responseSec,
      busy,
      rejects: 0,
    }
  }
  const factor = load / truth
  if (beyond === 'shed' && factor > 1) {
    // The queue is bounded, so the good ones stay as many as at the capacity; each refusal costs a fiftieth of an answer.
    const kept = (0.95 * truth * (1 - 0.02 * factor)) / (1 - 0.02)
    const slow = (q: number) => limitMs * (0.35 + 0.6 * q)
    return { goodput: kept, completedPerSec: load, percentileMs: slow, busy: 1, rejects: 1 - kept / load }
  }
  if (load < rate * 0.995) {
    const spare = rate - load
    const good = load * (1 - Math.exp(-spare * limitSec))
    return {
      goodput: good,
      completedPerSec: load,
      percentileMs: (q) => (-1000 * Math.log(1 - q)) / spare,
      busy: load / rate,
      rejects: 0,
    }
  }
  // The queue grows by λ − μ a second, so the last one waits (λ/μ − 1) times the length.
  const longest = Math.max(limitSec, (load / rate - 1) * sec)
  const good = beyond === 'congestion-collapse' ? truth / factor ** 3 : rate * Math.min(1, 0.55 + limitSec / longest)
  const done = beyond === 'crash' && factor > 1.5 ? rate * 0.3 : rate
  return {
    goodput: beyond === 'crash' && factor > 1.5 ? rate * 0.2 : good,
    completedPerSec: done,
    percentileMs: (q) => 1000 * (q * longest + 1 / rate),
    busy: 1,
    rejects: beyond === 'crash' && factor > 1.5 ? 0.7 : 0,
  }
}

/** Mean value analysis: R(n) = S (1 + Q(n − 1)), X(n) = n / (Z + R(n)), Q(n) = X R. */
function closedStation(rate: number, users: number): { perSec: number; responseSec: number } {
  let queue = 0
  let perSec = 0
  let responseSec = 1 / rate
  for (let n = 1; n <= users; n++) {
    responseSec = (1 + queue) / rate
    perSec = n / (thinkSec + responseSec)
    queue = perSec * responseSec
  }
  return { perSec, responseSec }
}

function usersBorne(rate: number, limitMs: number): number {
  let users = 1
  while (closedStation(rate, users + 1).responseSec * Math.log(20) <= limitMs / 1000) users++
  return users
}

function curveOf(trials: readonly TrialResult[]): CurveResult[] {
  const byLoad = new Map<number, TrialResult>()
  for (const trial of trials) if (trial.factor === null) byLoad.set(trial.load, trial)
  return [...byLoad.values()]
    .sort((a, b) => a.load - b.load)
    .map(({ load, goodput, completedPerSec, p50, p95, p99, errorRate, class: name, verdict }) => ({
      offered: load,
      goodput,
      completedPerSec,
      p50,
      p95,
      p99,
      errorRate,
      class: name,
      passes: verdict === 'bears',
    }))
}

function kneeOf(curve: readonly CurveResult[]): number {
  const power = ({ goodput, p50 }: CurveResult) => goodput / (p50 ?? Infinity)
  return curve.reduce((best, point) => (power(point) > power(best) ? point : best)).offered
}

/** Our own fit over users, or over requests in flight as Little's law gives them; the band is made up: a thirtieth to each side, wider towards the end. */
function uslOf({ unit }: Facts, curve: readonly CurveResult[]): UslResult {
  const axis = unit === 'users' ? ('users' as const) : ('in-flight' as const)
  const inFlight = ({ completedPerSec, p50 }: CurveResult) => (completedPerSec * (p50 ?? 0)) / Math.log(2) / 1000
  const points = curve.map((point) => ({
    load: point.offered,
    n: unit === 'users' ? point.offered : inFlight(point),
    x: point.completedPerSec,
  }))
  const fitted = fitUsl(points)
  if (fitted.kind === 'refused')
    return { kind: 'refused', axis, reason: fitted.reason, parameters: null, peak: null, r2: null, line: [] }
  const { alpha, beta, gamma, peakLoad, peakThroughput } = fitted.fit
  const line = points.map(({ load, n }, i) => {
    const perSec = uslThroughput(n, [alpha.value, beta.value, gamma.value])
    const half = perSec * (0.03 + (0.07 * i) / points.length)
    return { load, perSec, low: perSec - half, high: perSec + half }
  })
  const peak = peakLoad === null || peakThroughput === null ? null : { load: peakLoad, perSec: peakThroughput }
  return { kind: 'fit', axis, reason: '', parameters: { alpha, beta, gamma }, peak, r2: 0.987, line }
}

function saturationOf(facts: Facts, curve: readonly CurveResult[]): ResourceUse[] {
  const resource = (
    id: string,
    title: string,
    threshold: number,
    shareAt: (busy: number, load: number) => number | null,
  ): ResourceUse => {
    const use = curve.map(({ offered }) => ({ offered, share: shareAt(steady(facts, offered, 30).busy, offered) }))
    const saturatedAt = use.find(({ share }) => share !== null && share >= threshold)?.offered ?? null
    const last = use.at(-1)
    return {
      resource: id,
      title,
      threshold,
      use,
      saturatedAt,
      evidence: last ? `${title} at ${Math.round(100 * (last.share ?? 0))} % at the largest load` : 'not seen',
      advice: id === 'cpu-core' ? 'Run one process a core, or take work off the busiest thread.' : '',
    }
  }
  return [
    resource('cpu-core', 'busiest thread', 0.9, (busy) => Math.min(1, busy * 0.985)),
    resource('cpu', 'target CPU', 0.9, (busy) => Math.min(1, busy * 0.985) / 2),
    resource('memory', 'target memory', 0.9, (busy, load) => Math.min(1, 0.22 + 0.1 * busy + 0.0001 * load)),
    resource('db-connections', 'database connections', 0.95, (busy) => (busy > 0.97 ? null : 0.1 + 0.5 * busy ** 4)),
    resource('generator', 'generator CPU', 0.8, (_, load) => Math.min(1, load / facts.rate / 4)),
  ]
}

function overloadOf(facts: Facts, trials: readonly TrialResult[], lower: number): OverloadResult {
  const capacity = trials.find(({ load }) => load === lower)?.goodput ?? 1
  const points = trials
    .filter(({ purpose }) => purpose === 'overload')
    .map(({ factor, load, goodput, p99, errorRate, class: name }) => ({
      factor: factor ?? 1,
      offered: load,
      goodput,
      retained: goodput / capacity,
      acceptedP99: p99,
      errorRate,
      class: name,
    }))
  const score = points.reduce((sum, { retained }) => sum + Math.min(1, retained), 0) / points.length
  const triple = points.find(({ factor }) => factor === 3)?.retained ?? 0
  const shed = facts.beyond === 'shed'
  const rejected = shed ? 18_400 : 0
  return {
    points,
    score,
    kind: triple >= 0.9 ? 'graceful' : triple >= 0.5 ? 'degraded' : 'collapse',
    reason: `${Math.round(100 * triple)} % of the capacity is kept at 3 times the load`,
    refusals: {
      rejected,
      otherErrors: shed ? 12 : 0,
      timeouts: shed ? 0 : 2100,
      rejectP99: shed ? 6.2 : null,
      retryAfterShare: shed ? 1 : null,
      verdict: shed ? 'fast' : 'none',
      reason: shed ? 'It refuses in 6.2 ms, all with Retry-After' : 'It refuses nothing; 2,100 requests timed out',
    },
    hysteresis: {
      kind: shed ? 'recovers' : facts.beyond === 'saturation' ? 'slow' : 'stuck',
      load: Math.round(lower * 0.75),
      recoveredSec: shed ? 3 : facts.beyond === 'saturation' ? 21 : null,
      boundSec: 12,
      watchedSec: 30,
    },
  }
}
