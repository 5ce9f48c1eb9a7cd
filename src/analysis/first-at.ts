/** The first place of a list in order of time whose time is not before `t`. */
export function firstAtOrAfter(points: readonly { readonly t: number }[], t: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((points[middle]?.t ?? Infinity) < t) low = middle + 1
    else high = middle
  }
  return low
}
