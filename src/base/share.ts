export const shareExamples = "a percentage such as '5%'"

/** A share (0..1) of `'5%'`; undefined when it is not a percentage, or above 100 %. Decimal arithmetic by text: 0.07 / 100 is not 7e-4 in doubles. */
export function readShare(value: unknown): number | undefined {
  const digits = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(value)?.[1] : undefined
  return digits === undefined || Number(digits) > 100 ? undefined : Number(`${digits}e-2`)
}

/** `5%`, `0.07%`, as {@link readShare} reads it. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`
}
