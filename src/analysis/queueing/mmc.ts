import { bisectRising } from './bisect.ts'

/** M/M/c: c servers with one queue. Offered load a = λ/μ erlang, ρ = a/c. */
export interface Mmc {
  readonly lambda: number
  readonly mu: number
  readonly servers: number
}

/** Erlang's loss formula by its recursion B(k) = aB(k−1) / (k + aB(k−1)). */
export function erlangB(erlang: number, servers: number): number {
  let b = 1
  for (let k = 1; k <= servers; k++) b = (erlang * b) / (k + erlang * b)
  return b
}

/** Probability to wait: C = B / (1 − ρ(1 − B)). */
export function erlangC(erlang: number, servers: number): number {
  const b = erlangB(erlang, servers)
  return b / (1 - (erlang / servers) * (1 - b))
}

export function mmcMeanWait({ lambda, mu, servers }: Mmc): number {
  return erlangC(lambda / mu, servers) / (servers * mu - lambda)
}

/** P(W <= t) = 1 − C·e^{−(cμ−λ)t}. */
export function mmcWaitCdf({ lambda, mu, servers }: Mmc, t: number): number {
  return 1 - erlangC(lambda / mu, servers) * Math.exp(-(servers * mu - lambda) * t)
}

export function mmcWaitQuantile({ lambda, mu, servers }: Mmc, p: number): number {
  return Math.max(0, Math.log(erlangC(lambda / mu, servers) / (1 - p)) / (servers * mu - lambda))
}

/** F(t) = 1 + ((a−c+1−C)e^{−μt} + C·e^{−(cμ−λ)t}) / (c−1−a), and 1 − (1 + Cμt)e^{−μt} where a = c−1. */
export function mmcResponseCdf({ lambda, mu, servers }: Mmc, t: number): number {
  const a = lambda / mu
  const c = erlangC(a, servers)
  const spare = servers - 1 - a
  if (Math.abs(spare) < 1e-12) return 1 - (1 + c * mu * t) * Math.exp(-mu * t)
  return 1 + ((-spare - c) * Math.exp(-mu * t) + c * Math.exp(-(servers * mu - lambda) * t)) / spare
}

export function mmcQuantile(system: Mmc, p: number): number {
  return bisectRising((t) => mmcResponseCdf(system, t), p)
}
