import { bisectRising } from './bisect.ts'

/** M/D/1: Poisson arrivals at λ, every service takes D. */
export interface Md1 {
  readonly lambda: number
  readonly serviceSec: number
}

/** Pollaczek-Khinchine: λD² / (2(1−ρ)). */
export function md1MeanWait({ lambda, serviceSec }: Md1): number {
  return (lambda * serviceSec ** 2) / (2 * (1 - lambda * serviceSec))
}

/**
 * P(W <= x), with all terms positive and so stable in doubles, unlike Erlang's alternating sum (Franx 2001, "A simple solution for the M/D/c
 * waiting time distribution"): for (k−1)D <= x < kD it is Σ_{j<k} Q_{k−1−j} · Poisson(j; λ(kD−x)), Q_m the chance of at most m waiting.
 */
export function md1WaitCdf({ lambda, serviceSec }: Md1, x: number): number {
  if (x < 0) return 0
  const k = Math.floor(x / serviceSec) + 1
  const waiting = waitingAtMost(lambda * serviceSec, k)
  const load = lambda * (k * serviceSec - x)
  let term = Math.exp(-load)
  let sum = 0
  for (let j = 0; j < k; j++) {
    sum += (waiting[k - 1 - j] ?? 0) * term
    term *= load / (j + 1)
  }
  return sum
}

/** Chance of at most 0 … count−1 waiting. Stationary numbers present by crossings of levels: π_{j+1}·a_0 = π_0·P(A>j) + Σ_{i=1..j} π_i·P(A>j+1−i), A arrivals in a service. */
function waitingAtMost(rho: number, count: number): number[] {
  const beyond = poissonTails(rho, count + 1)
  const present = [1 - rho]
  for (let j = 0; j < count; j++) {
    let flow = (present[0] ?? 0) * (beyond[j] ?? 0)
    for (let i = 1; i <= j; i++) flow += (present[i] ?? 0) * (beyond[j + 1 - i] ?? 0)
    present.push(flow / Math.exp(-rho))
  }
  let total = present[0] ?? 0
  return present.slice(1).map((chance) => (total += chance))
}

/** P(A > j) for j = 0 … count−1, summed from the far end: differences from one would lose the small ones. */
function poissonTails(mean: number, count: number): number[] {
  const chances = [Math.exp(-mean)]
  for (let j = 1; j < count + 60; j++) chances.push(((chances[j - 1] ?? 0) * mean) / j)
  const tails: number[] = []
  let tail = 0
  for (let j = chances.length - 1; j > 0; j--) {
    tail += chances[j] ?? 0
    tails[j - 1] = tail
  }
  return tails
}

export function md1WaitQuantile(system: Md1, p: number): number {
  return bisectRising((x) => md1WaitCdf(system, x), p)
}

export function md1Quantile(system: Md1, p: number): number {
  return md1WaitQuantile(system, p) + system.serviceSec
}
