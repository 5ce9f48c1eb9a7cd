/** A reading of something that only grows while its process lives. */
export interface Growing<T> {
  readonly fromSec: number
  readonly toSec: number
  readonly value: T
}

export interface Increase<T> {
  readonly by: T
  readonly first: Growing<T>
  readonly last: Growing<T>
  /** Stretches in which it began anew: what was counted between the last reading and the end is gone. */
  readonly resets: readonly { readonly fromSec: number; readonly toSec: number }[]
}

/** What it is that grows: numbers, or a histogram. */
export interface Growth<T> {
  readonly isReset: (before: T, after: T) => boolean
  readonly subtract: (after: T, before: T) => T
  readonly add: (a: T, b: T) => T
}

/** As `increase()` of Prometheus, without its extrapolation: after a reset the whole new value is growth. */
export function increaseOf<T>(readings: readonly Growing<T>[], { isReset, subtract, add }: Growth<T>): Increase<T> | undefined {
  const [first, ...rest] = readings
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return undefined
  const resets: { fromSec: number; toSec: number }[] = []
  let by = subtract(first.value, first.value)
  let before = first
  for (const reading of rest) {
    const isNew = isReset(before.value, reading.value)
    if (isNew) resets.push({ fromSec: before.fromSec, toSec: reading.toSec })
    by = add(by, isNew ? reading.value : subtract(reading.value, before.value))
    before = reading
  }
  return { by, first, last, resets }
}

export const ofNumbers: Growth<number> = {
  isReset: (before, after) => after < before,
  subtract: (after, before) => after - before,
  add: (a, b) => a + b,
}
