import { loadText } from '../../../capacity-words.ts'
import type { PageCapacity } from '../../capacity/capacity-data.ts'

/** One axis of loads for all charts of a search, with the same margins, so that they stand exactly below each other. */
export interface LoadAxis {
  readonly x: number[]
  /** End of the axis. */
  readonly most: number
  readonly left: number
  readonly right: number
  readonly sync: string
  /** Index of the measured load nearest to that of an index: what lies between has no figures. */
  nearest(index: number): number
}

let axes = 0

export function loadAxis({ curve, fit }: Pick<PageCapacity, 'curve' | 'fit'>): LoadAxis {
  const measured = curve.map(({ load }) => load)
  const largest = Math.max(0, ...measured)
  const x = [...new Set([...measured, ...fit.map(({ load }) => load).filter((load) => load <= largest)])].sort((a, b) => a - b)
  const indices = measured.map((load) => x.indexOf(load))
  return {
    x,
    most: (largest || 1) * 1.04,
    left: 58,
    right: 62,
    sync: `loads ${axes++}`,
    nearest: (index) => {
      const at = x[index] ?? 0
      const away = (one: number) => Math.abs((x[one] ?? 0) - at)
      return indices.reduce((best, one) => (away(one) < away(best) ? one : best), indices[0] ?? index)
    },
  }
}

/** A load on an axis whose title says what is counted. */
export function tickText(load: number, unit: PageCapacity['unit']): string {
  return loadText(load, unit)
    .replace(/ users?$/, '')
    .replace(/\.0+(?=$|\/)/, '')
}
