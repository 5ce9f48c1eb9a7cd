import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { median } from '../median.ts'
import type { Row } from './answers.ts'
import { answeringOf, rowsOf } from './answers.ts'
import type { Clumps } from './clumps.ts'
import { clumpsOf, shortGapOf } from './clumps.ts'
import type { Estimate, Line } from './line.ts'
import { fitLine } from './line.ts'

/** What a probe has shown so far. */
export interface ProbeFigures {
  readonly rows: readonly Row[]
  readonly fromSec: number
  readonly toSec: number
  readonly sent: number
  readonly accepted: number
  /** When the first refusal was answered, in seconds from the first request: what was sent later was decided on later. Undefined: none. */
  readonly firstRefusalSec: number | undefined
  /** Let through of what was sent before that. */
  readonly first: number
  /** Let through of what was sent after it. */
  readonly after: number
  /** Of all that was sent after it. */
  readonly shareAfter: number
  /** When the tokens of those came, in seconds from the first request. */
  readonly tokens: readonly number[]
  /** When those were answered that were let through, first or after it, in order. */
  readonly answered: readonly number[]
  /** The first answer of all: until a request was decided on, nothing was refilled. */
  readonly answeredSec: number
  /** 95 % of all were answered within this. */
  readonly p95Sec: number
  /** Those that come close to each other, where then none comes for a while; undefined: they come one at a time. */
  readonly clumps: Clumps | undefined
  /** They come at one rate from the first refusal on: in no clump whose end nobody has seen. */
  readonly isRegular: boolean
}

export function probeFigures(answers: readonly LimiterAnswer[], refused: readonly number[]): ProbeFigures {
  const rows = rowsOf(answers, refused)
  const fromSec = rows[0]?.fromSec ?? 0
  const toSec = rows.at(-1)?.toSec ?? fromSec
  const endOf = ({ at, ms }: LimiterAnswer): number => at + ms / 1000 - fromSec
  const all = rows.flatMap((row) => row.answers)
  const accepted = rows.filter(({ isAccepted }) => isAccepted).flatMap((row) => row.answers)
  const refusals = rows.filter(({ isAccepted }) => !isAccepted).flatMap((row) => row.answers)
  const drainedSec = refusals.length === 0 ? undefined : refusals.reduce((least, one) => Math.min(least, endOf(one)), Infinity)
  // Sent so long before it, a request was refused: when its token came lies between the two.
  const tokens = rows
    .flatMap((row, i) => {
      const before = rows[i - 1]
      if (!row.isAccepted || before === undefined) return []
      return row.answers.map(({ at }, k) => (k === 0 ? (at + before.toSec) / 2 : at) - fromSec)
    })
    .filter((sec) => drainedSec !== undefined && sec >= drainedSec)
  const first = accepted.length - tokens.length
  const sentAfter = all.filter(({ at }) => drainedSec !== undefined && at - fromSec >= drainedSec).length
  const lengthSec = toSec - fromSec
  return {
    ...{ rows, fromSec, toSec, first, tokens },
    sent: all.length,
    accepted: accepted.length,
    firstRefusalSec: drainedSec,
    after: tokens.length,
    shareAfter: drainedSec === undefined ? 1 : tokens.length / Math.max(1, sentAfter),
    answered: accepted.map(endOf).sort((a, b) => a - b),
    answeredSec: all.reduce((least, one) => Math.min(least, endOf(one)), Infinity),
    p95Sec: answeringOf(all, refused).p95Sec,
    clumps: clumpsOf(tokens, { endSec: lengthSec, first, gapSec: all.length > 1 ? lengthSec / (all.length - 1) : 0 }),
    isRegular: drainedSec !== undefined && shortGapOf(tokens) > (0.5 * (lengthSec - drainedSec)) / Math.max(1, tokens.length),
  }
}

/** What of a dead time counts as none: a token bucket lets the next one through within 1/R of the first refusal. */
const deadTokens = 1.6
/** Ours: an answer that waits for half of the time that the queue takes, where nobody waited at first. */
const queueShare = 0.5

/**
 * The line N(t) = B + R t through what was let through, and what kind of limiter lets it through in such a way. Undefined: too little was let through after
 * the first refusal.
 */
export function fitLimiter(answers: readonly LimiterAnswer[], refused: readonly number[]): LimiterFit | undefined {
  const figures = probeFigures(answers, refused)
  return figures.clumps === undefined ? fitSpaced(figures) : fitWindows(figures, figures.clumps)
}

/** How well a time is known: one gap of the probe. */
function gapOf({ sent, fromSec, toSec }: ProbeFigures): number {
  return sent > 1 ? (toSec - fromSec) / (sent - 1) : 0
}

/** A quota Q each W: the clumps begin W apart. R = Q / W. */
function fitWindows(figures: ProbeFigures, clumps: Clumps): LimiterFit | undefined {
  const { fromSec, first } = figures
  const starts = clumps.map(([start = 0]) => start)
  const gap = gapOf(figures)
  const line = fitLine(
    starts.map((y, x) => ({ x, y })),
    gap / Math.sqrt(12),
  )
  const [one = 0, two = 0] = starts
  const window: Estimate = line?.slope ?? { value: two - one, low: two - one - gap, high: two - one + gap }
  if (clumps.length < 2 || window.low <= 0) return undefined
  const counts = clumps.map(({ length }) => length)
  const quota = median(counts)
  // From the client's own first request on: a fixed window that begins with it, or one that slides.
  const isOwn = Math.abs(one - window.value) <= 2 * gap + 0.03 * window.value
  return {
    kind: isOwn ? 'window' : 'fixed window',
    ratePerSec: { value: quota / window.value, low: quota / window.high, high: quota / window.low },
    burst: { value: quota, low: Math.min(...counts), high: Math.max(...counts, isOwn ? first : quota) },
    windowSec: window.value,
    // Where the last of them begins: nearest to what comes next.
    windowFromSec: isOwn
      ? null
      : fromSec + (line === undefined ? two : line.intercept.value + line.slope.value * (starts.length - 1)),
  }
}

function fitSpaced(figures: ProbeFigures): LimiterFit | undefined {
  const { tokens, first, firstRefusalSec, toSec, fromSec, p95Sec } = figures
  if (firstRefusalSec === undefined) return undefined
  const points = pointsOf(figures, { times: tokens, before: first, fromSec: firstRefusalSec, toSec: toSec - fromSec })
  const line = lineOf(figures, points)
  if (line === undefined || line.slope.value <= 0) return undefined
  const missing = first - (line.intercept.value + line.slope.value * firstRefusalSec)
  // The whole quota at once, then none until its window is over, then as many as slide out of it. Whoever stands still as long as an answer takes misses as many.
  if (missing > Math.max(deadTokens, 0.08 * first, line.slope.value * p95Sec)) {
    // The window that was cut short by the first request lets less through in the one after it: that one is left out.
    const rest = points.slice(Math.floor(0.4 * points.length))
    // They slide out one at a time. Where they come otherwise, how far its windows have come is not known, and each has as many as the first.
    const ratePerSec = lineOf(figures, rest, figures.isRegular ? 0 : first / Math.sqrt(12))?.slope ?? line.slope
    return { ...slidingQuota(figures, ratePerSec), ratePerSec, kind: 'sliding counter', windowFromSec: null }
  }
  const isQueue = waitsInQueue(figures, line.slope.value)
  const { slope, intercept } = isQueue ? line : between(line, lineOfAnswers(figures), figures)
  const ratePerSec = intercept.high < 1.5 ? withoutWaste(slope, gapOf(figures)) : slope
  const kind = isQueue ? 'leaky queue' : 'token bucket'
  if (isQueue) return { ratePerSec, burst: intercept, kind, windowSec: null, windowFromSec: null }
  const least = leastBurst(figures, ratePerSec)
  const { value, low, high } = intercept
  const most = Math.max(high, least) + ratePerSec.high * longestStill(figures)
  return { ratePerSec, burst: { value: Math.max(value, least), low, high: most }, kind, windowSec: null, windowFromSec: null }
}

/** Answered by a time t, k were let through by then: B + R t is no less than k, whatever stood still in between. */
function leastBurst({ answered }: ProbeFigures, { high }: Estimate): number {
  return answered.reduce((most, sec, i) => Math.max(most, i + 1 - high * sec), 0)
}

/** Nothing was asked, or decided on, for so long before it was drained: as long as it was full nothing came back, and the line is as much lower. */
function longestStill({ rows, fromSec, firstRefusalSec = 0 }: ProbeFigures): number {
  const early = rows.flatMap(({ answers }) => answers.filter(({ at }) => at - fromSec <= firstRefusalSec))
  return Math.max(longestGap(early.map(({ at }) => at)), longestGap(early.map(({ at, ms }) => at + ms / 1000)))
}

export function longestGap(times: readonly number[]): number {
  return gapsBetween(times).reduce((most, gap) => Math.max(most, gap), 0)
}

/** From each of the times to the next, in their order. */
export function gapsBetween(times: readonly number[]): readonly number[] {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted.slice(1).map((sec, i) => sec - (sorted[i] ?? sec))
}

/** What slid out of a clock's window before the first refusal was let through in its place: the quota is that much less at the most. */
export function slidingQuota(
  { first, firstRefusalSec = 0, isRegular }: ProbeFigures,
  ratePerSec: Estimate,
): Pick<LimiterFit, 'burst' | 'windowSec'> {
  // Where they do not slide out one at a time, they may have been those of two windows.
  const low = Math.max(1, Math.min(first - ratePerSec.high * firstRefusalSec, isRegular ? first : first / 2))
  return { burst: { value: first, low, high: first }, windowSec: first / ratePerSec.value }
}

interface Counting {
  /** When one more was let through. */
  readonly times: readonly number[]
  readonly before: number
  readonly fromSec: number
  readonly toSec: number
}

/** Fewer say nothing of how far they lie off the line; more are no finer. */
const leastBlocks = 5
const mostBlocks = 12

/**
 * How many were let through by a time: a point for each, where they come one at a time. Where slow answers have mixed them up, one after the other is no
 * accident of its own: a point for each time that is longer than answers take, and than the longest gap.
 */
function pointsOf({ isRegular, p95Sec }: ProbeFigures, { times, before, fromSec, toSec }: Counting): readonly Point[] {
  if (isRegular) return times.map((x, i) => ({ x, y: before + 1 + i }))
  const ends = [...times, toSec]
  const longest = ends.reduce((most, sec, i) => Math.max(most, sec - (ends[i - 1] ?? fromSec)), 0)
  const blocks = Math.min(mostBlocks, Math.floor((toSec - fromSec) / Math.max(p95Sec, longest, 1e-3)))
  if (blocks < leastBlocks) return []
  return Array.from({ length: blocks + 1 }, (_, i) => {
    const x = fromSec + ((toSec - fromSec) * i) / blocks
    return { x, y: before + times.filter((sec) => sec <= x).length }
  })
}

interface Point {
  readonly x: number
  readonly y: number
}

/** A time is known as well as one gap of the probe, and as an answer takes: in requests that is the rate times it. */
function lineOf(figures: ProbeFigures, points: readonly Point[], leastSd = 0): Line | undefined {
  const rough = fitLine(points)
  const sec = Math.max(gapOf(figures), figures.isRegular ? 0 : figures.p95Sec)
  return fitLine(points, Math.max(leastSd, (Math.max(0, rough?.slope.value ?? 0) * sec) / Math.sqrt(12)))
}

/** By the times at which those let through were answered, from when all were answered that were sent before the first refusal. */
function lineOfAnswers(figures: ProbeFigures): Line | undefined {
  const { answered, firstRefusalSec = 0, p95Sec, toSec, fromSec } = figures
  const [beginSec, endSec] = [firstRefusalSec + p95Sec, toSec - fromSec]
  const times = answered.filter((sec) => sec > beginSec && sec <= endSec)
  const before = answered.filter((sec) => sec <= beginSec).length
  return lineOf(figures, pointsOf(figures, { times, before, fromSec: beginSec, toSec: endSec }))
}

/**
 * It was decided on after it was sent, and before it was answered: what is let through by a time lies between the two lines. They begin when the first
 * request was decided on, and not when it was sent: so much more there may be at once.
 */
function between(sent: Line, answered: Line | undefined, { p95Sec, answeredSec }: ProbeFigures): Line {
  const { slope } = sent
  const { value, low, high } = sent.intercept
  const begun = { value: value + slope.value * answeredSec, low, high: high + slope.high * answeredSec }
  if (answered === undefined) return { slope, intercept: { ...begun, low: low - slope.high * p95Sec } }
  const both = (a: Estimate, b: Estimate): Estimate => ({
    value: (a.value + b.value) / 2,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  })
  return { slope: both(slope, answered.slope), intercept: both(begun, answered.intercept) }
}

/** With room for one token, a token that comes is lost until it is asked for: each takes up to a gap of the probe longer than 1/R. */
function withoutWaste({ value, low, high }: Estimate, gap: number): Estimate {
  const quicker = (perSec: number, sec: number): number => 1 / Math.max(1e-9, 1 / perSec - sec)
  return { value: quicker(value, gap / 2), low, high: quicker(high, gap) }
}

/** Those let through later wait as long as the queue is, and the first did not, nor do those that are refused. */
function waitsInQueue({ rows, first }: ProbeFigures, perSec: number): boolean {
  const msOf = (list: readonly Row[]): number => median(list.flatMap((row) => row.answers.map(({ ms }) => ms)))
  const firstMs = rows[0]?.answers[0]?.ms
  const later = rows.slice(2)
  const laterMs = msOf(later.filter(({ isAccepted }) => isAccepted))
  if (firstMs === undefined || Number.isNaN(laterMs) || first < 2) return false
  const quickMs = Math.max(firstMs, msOf(rows.filter(({ isAccepted }) => !isAccepted)))
  return laterMs - quickMs > (1000 * queueShare * (first - 1)) / perSec
}
