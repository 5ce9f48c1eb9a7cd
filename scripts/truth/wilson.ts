/** Wilson's 95 % score interval of k in n (1927), as shares. */
export function wilson(k: number, n: number): readonly [low: number, high: number] {
  const z = 1.959964
  const centre = (k + z ** 2 / 2) / (n + z ** 2)
  const reach = (z / (n + z ** 2)) * Math.sqrt((k * (n - k)) / n + z ** 2 / 4)
  return [Math.max(0, centre - reach), Math.min(1, centre + reach)]
}
