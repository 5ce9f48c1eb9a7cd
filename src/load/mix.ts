import { seededRandom } from '../base/random.ts'

export type Mix = Readonly<Record<string, number>>

/** Which scenario each of `total` users plays: exact shares by largest remainder, interleaved so that the first few users already look like all of them. */
export function assignUsers(mix: Mix, total: number): string[] {
  const seats = largestRemainder(mix, total)
  const names = Object.keys(seats)
  const credit = names.map(() => 0)
  const chosen: string[] = []
  // Smooth weighted round robin: every turn adds each share to its credit and the richest pays the total.
  for (let user = 0; user < total; user++) {
    let best = -1
    for (const [k, name] of names.entries()) {
      credit[k] = (credit[k] ?? 0) + (seats[name] ?? 0)
      if (best < 0 || (credit[k] ?? 0) > (credit[best] ?? 0)) best = k
    }
    credit[best] = (credit[best] ?? 0) - total
    chosen.push(names[best] ?? '')
  }
  return chosen
}

/** Whole numbers in the proportions of the mix that add up to `total` (Hamilton's method). */
export function largestRemainder(mix: Mix, total: number): Record<string, number> {
  const weights = Object.entries(mix).filter(([, weight]) => weight > 0)
  const sum = weights.reduce((all, [, weight]) => all + weight, 0)
  const quotas = weights.map(([name, weight]) => ({ name, quota: (total * weight) / sum }))
  const seats = Object.fromEntries(quotas.map(({ name, quota }) => [name, Math.floor(quota)]))
  const left = total - Object.values(seats).reduce((all, seat) => all + seat, 0)
  const byRemainder = quotas.toSorted((a, b) => b.quota - Math.floor(b.quota) - (a.quota - Math.floor(a.quota)))
  for (const { name } of byRemainder.slice(0, left)) seats[name] = (seats[name] ?? 0) + 1
  return seats
}

/** The scenario of arrival `index`: a draw that depends on the seed and the index only, so that it is the same in whichever worker the arrival lands. */
export function createArrivalPicker(mix: Mix, seed: number): (index: number) => string {
  const weights = Object.entries(mix).filter(([, weight]) => weight > 0)
  const sum = weights.reduce((all, [, weight]) => all + weight, 0)
  const last = weights.at(-1)?.[0] ?? ''
  if (weights.length < 2) return () => last
  return (index) => {
    let left = seededRandom(seed, index).next() * sum
    for (const [name, weight] of weights) {
      left -= weight
      if (left < 0) return name
    }
    return last
  }
}
