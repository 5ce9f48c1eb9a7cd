import { median } from '../median.ts'
import { fitLine } from './line.ts'

/** What was let through of each window, by time. */
export type Clumps = readonly (readonly number[])[]

/** A gap this many times as long as the short ones is none of theirs. */
const longGap = 4

/** Of a window's length: no window begins further from where it should. */
const mostOff = 0.15
/** Of a quota: what is counted to the other side of a window's end. */
const mostMore = 0.1

export function shortGapOf(tokens: readonly number[]): number {
  return gapsOf(tokens).sort((a, b) => a - b)[Math.floor((tokens.length - 1) / 4)] ?? Infinity
}

function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((sec, i) => sec - (times[i] ?? sec))
}

interface Probed {
  readonly endSec: number
  /** Let through at first, from idle. */
  readonly first: number
  /** Of the probe, from one request to the next. */
  readonly gapSec: number
}

/** Undefined: the gaps between them are much the same, or they are no windows. The last clump is left out where it may go on. */
export function clumpsOf(tokens: readonly number[], { endSec, first, gapSec }: Probed): Clumps | undefined {
  const gaps = gapsOf(tokens)
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
  const seen = isOver ? clumps : clumps.slice(0, -1)
  return areWindows(seen, first, gapSec) ? seen : undefined
}

/** The same quota each time, at times that are as far from each other; slow answers and a busy machine make clumps as well, but none like these. */
function areWindows(clumps: Clumps, first: number, gapSec: number): boolean {
  if (clumps.length === 0) return true
  const quota = median(clumps.map(({ length }) => length))
  const slack = Math.max(1, mostMore * quota)
  // Who begins in the middle of a window gets the quota of two.
  if (first > 2 * quota + slack || clumps.some(({ length }) => Math.abs(length - quota) > slack)) return false
  const starts = clumps.map(([start = 0]) => start)
  const line = fitLine(starts.map((y, x) => ({ x, y })))
  if (line === undefined) return true
  const { slope, intercept } = line
  return starts.every((sec, i) => Math.abs(sec - intercept.value - slope.value * i) <= mostOff * slope.value + 2 * gapSec)
}
