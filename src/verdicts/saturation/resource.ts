import type { Range, RunData, TestData } from '../../analysis/index.ts'
import { quantileOf } from '../probe-value.ts'

/** One load of a search: second 0 of the view is the start of that trial. */
export interface LoadView {
  readonly load: number
  readonly bears: boolean
  readonly view: TestData
}

export interface Look {
  readonly data: RunData
  readonly view: TestData
}

/** How much of a resource was used at one load. */
export interface Reading {
  /** Of its limit, 0..1. */
  readonly share: number
  /** For a person, before "at 80/s": `62 of 64 files`. */
  readonly shown: string
}

/** Why a resource could not be seen, and what would show it. */
export interface NotWatched {
  readonly missing: string
}

/**
 * Something that can be full. `works`: it does the work (a core, a lock, a disk). `holds`: it is held while others work (a connection, a file), so by
 * Little's law it fills whenever the work behind it slows down: where both are full, the one that works is the cause. `around`: what others do to it,
 * named only where nothing of its own is full.
 */
export interface Resource {
  readonly id: string
  readonly title: string
  readonly kind: 'works' | 'holds' | 'around'
  /** Share of its limit from which it counts as full. */
  readonly threshold: number
  /** What the share is, for the reference page. */
  readonly share: string
  /** What to change when it is the limit. */
  readonly advice: string
  read(look: Look): Reading | NotWatched
}

/** A probe's reading tells of the second before it, so those of the first second are of the trial before. */
function during({ judged }: TestData): Range {
  return judged.to - judged.from >= 3 ? { from: judged.from + 1, to: judged.to + 0.5 } : { from: judged.from, to: judged.to + 1 }
}

export function valuesOf(view: TestData, probe: string): number[] {
  return view.probe(probe, during(view)).map(({ value }) => value)
}

export function meanOf(view: TestData, probe: string): number | undefined {
  const values = valuesOf(view, probe)
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length
}

/** Of a level: its upper quartile, because it is read at single moments and one of them is chance. */
export function levelOf(view: TestData, probe: string): number | undefined {
  return quantileOf(valuesOf(view, probe), 0.75)
}

/**
 * Of a hard limit: its highest reading. Who is turned away at it meets a burst: by Erlang's loss formula a hundredth of the arrivals at eight places
 * already finds them all taken when less than half of them are in use on average.
 */
export function peakOf(view: TestData, probe: string): number | undefined {
  const values = valuesOf(view, probe)
  return values.length === 0 ? undefined : Math.max(...values)
}

export function asPercent(share: number): string {
  return `${Math.round(share * 100)} %`
}
