import type { Range } from '../analysis/index.ts'

/** In order, and those that touch made one. */
export function apart(stretches: readonly Range[]): readonly Range[] {
  const result: Range[] = []
  for (const stretch of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && stretch.from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, stretch.to) }
    else result.push(stretch)
  }
  return result
}

export function isWithin(stretches: readonly Range[], sec: number): boolean {
  return stretches.some(({ from, to }) => sec >= from && sec < to)
}
