/** The x >= low at which a rising function reaches a target, to the precision of doubles. */
export function bisectRising(f: (x: number) => number, target: number, low = 0): number {
  if (f(low) >= target) return low
  let high = Math.max(1, 2 * low)
  while (f(high) < target) high *= 2
  let bottom = low
  for (;;) {
    const middle = (bottom + high) / 2
    if (middle <= bottom || middle >= high) return high
    if (f(middle) >= target) high = middle
    else bottom = middle
  }
}
