import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterAnswer } from '../../model/limiter-step.ts'
import { median } from '../median.ts'
import type { Row } from './answers.ts'
import { rowsOf } from './answers.ts'
import type { Estimate } from './line.ts'
import { fitLine } from './line.ts'

/** What a probe has shown so far. */
export interface ProbeFigures {
  readonly rows: readonly Row[]
  readonly fromSec: number
  readonly toSec: number
  readonly sent: number
  readonly accepted: number
  /** First refusal, in seconds from the first request; undefined: none. */
  readonly firstRefusalSec: number | undefined
  /** Let through before it. */
  readonly first: number
  /** Let through after it. */
  readonly after: number
  /** Of what was sent after it. */
  readonly shareAfter: number
  /** When the tokens of those came, in seconds from the first request. */
  readonly tokens: readonly number[]
  /** Those that come close to each other, where then none comes for a while; undefined: they come one at a time. */
  readonly clumps: readonly (readonly number[])[] | undefined
  /** They come at one rate from the first refusal on: in no clump whose end nobody has seen. */
  readonly isRegular: boolean
}

export function probeFigures(answers: readonly LimiterAnswer[], refused: readonly number[]): ProbeFigures {
  const rows = rowsOf(answers, refused)
  const fromSec = rows[0]?.fromSec ?? 0
  const toSec = rows.at(-1)?.toSec ?? fromSec
  const count = (list: readonly Row[]): number => list.reduce((sum, row) => sum + row.answers.length, 0)
  const begin = rows.findIndex(({ isAccepted }) => !isAccepted)
  const later = begin < 0 ? [] : rows.slice(begin)
  const after = count(later.filter(({ isAccepted }) => isAccepted))
  // Sent so long before it, a request was refused: when its token came lies between the two.
  const tokens = later.flatMap((row, i) => {
    const before = later[i - 1]
    if (!row.isAccepted || before === undefined) return []
    return row.answers.map(({ at }, k) => (k === 0 ? (at + before.toSec) / 2 : at) - fromSec)
  })
  return {
    ...{ rows, fromSec, toSec, after, tokens },
    sent: count(rows),
    accepted: count(rows.filter(({ isAccepted }) => isAccepted)),
    firstRefusalSec: begin < 0 ? undefined : (rows[begin]?.fromSec ?? 0) - fromSec,
    first: begin < 0 ? count(rows) : count(rows.slice(0, begin)),
    shareAfter: later.length === 0 ? 1 : after / count(later),
    clumps: clumpsOf(tokens, toSec - fromSec),
    isRegular: begin >= 0 && shortGapOf(tokens) > (0.5 * (toSec - (rows[begin]?.fromSec ?? 0))) / Math.max(1, after),
  }
}

/** A gap this many times as long as the short ones is none of theirs. */
const longGap = 4

function shortGapOf(tokens: readonly number[]): number {
  const gaps = tokens.slice(1).map((sec, i) => sec - (tokens[i] ?? sec))
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 4)] ?? Infinity
}

/** Undefined: the gaps between them are much the same. The last clump is left out where it may go on. */
function clumpsOf(tokens: readonly number[], endSec: number): readonly (readonly number[])[] | undefined {
  const gaps = tokens.slice(1).map((sec, i) => sec - (tokens[i] ?? sec))
  const short = shortGapOf(tokens)
  // What follows the last one is a gap as well, be it not over.
  const long = Math.max(...gaps, endSec - (tokens.at(-1) ?? endSec))
  if (gaps.length === 0 || long < longGap * short) return undefined
  const clumps: number[][] = []
  tokens.forEach((sec, i) => {
    const last = clumps.at(-1)
    if (last === undefined || sec - (tokens[i - 1] ?? sec) > 0.4 * long) clumps.push([sec])
    else last.push(sec)
  })
  const isOver = endSec - (tokens.at(-1) ?? endSec) > 0.4 * long
  return isOver ? clumps : clumps.slice(0, -1)
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
function fitWindows(figures: ProbeFigures, clumps: readonly (readonly number[])[]): LimiterFit | undefined {
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
  const { tokens, first, firstRefusalSec, isRegular } = figures
  if (firstRefusalSec === undefined || !isRegular) return undefined
  const points = tokens.map((x, i) => ({ x, y: first + 1 + i }))
  // In requests that is the rate times it.
  const rough = fitLine(points)
  const line = fitLine(points, (Math.max(0, rough?.slope.value ?? 0) * gapOf(figures)) / Math.sqrt(12))
  if (line === undefined || line.slope.value <= 0) return undefined
  const { slope, intercept } = line
  const missing = first - (intercept.value + slope.value * firstRefusalSec)
  // The whole quota at once, then none until its window is over, then as many as slide out of it.
  if (missing > Math.max(deadTokens, 0.08 * first)) {
    // The window that was cut short by the first request lets less through in the one after it: that one is left out.
    const ratePerSec = fitLine(points.slice(Math.floor(0.4 * points.length)))?.slope ?? slope
    const quota = { value: first, low: first, high: first }
    return { ratePerSec, burst: quota, kind: 'sliding counter', windowSec: first / ratePerSec.value, windowFromSec: null }
  }
  const burst = { value: intercept.value, low: intercept.low, high: intercept.high }
  const ratePerSec = intercept.high < 1.5 ? withoutWaste(slope, gapOf(figures)) : slope
  const windows = { windowSec: null, windowFromSec: null }
  return { ...windows, ratePerSec, kind: waitsInQueue(figures, slope.value) ? 'leaky queue' : 'token bucket', burst }
}

/** With room for one token, a token that comes is lost until it is asked for: each takes up to a gap of the probe longer than 1/R. */
function withoutWaste({ value, low, high }: Estimate, gap: number): Estimate {
  const quicker = (perSec: number, sec: number): number => 1 / Math.max(1e-9, 1 / perSec - sec)
  return { value: quicker(value, gap / 2), low, high: quicker(high, gap) }
}

/** Those let through later wait as long as the queue is, and the first did not. */
function waitsInQueue({ rows, first }: ProbeFigures, perSec: number): boolean {
  const firstMs = rows[0]?.answers[0]?.ms
  const later = rows.slice(2).filter(({ isAccepted }) => isAccepted)
  const laterMs = median(later.flatMap((row) => row.answers.map(({ ms }) => ms)))
  if (firstMs === undefined || Number.isNaN(laterMs) || first < 2) return false
  return laterMs - firstMs > (1000 * queueShare * (first - 1)) / perSec
}
