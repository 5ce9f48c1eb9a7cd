/** M/M/1: Poisson arrivals at λ, exponential service at rate μ, one server (Kleinrock 1975, 3.2). Times in the unit of 1/μ's. */
export interface Mm1 {
  readonly lambda: number
  readonly mu: number
}

export function mm1MeanResponse({ lambda, mu }: Mm1): number {
  return 1 / (mu - lambda)
}

/** Response time is exponential: t_p = −ln(1−p) / (μ−λ). */
export function mm1Quantile({ lambda, mu }: Mm1, p: number): number {
  return -Math.log1p(-p) / (mu - lambda)
}

/** P(W > t) = ρ·e^{−(μ−λ)t}. */
export function mm1WaitQuantile({ lambda, mu }: Mm1, p: number): number {
  return Math.max(0, Math.log(lambda / mu / (1 - p)) / (mu - lambda))
}

/** How many successive waits weigh as much as one independent one: (2+5ρ−4ρ²+ρ³) / ((2−ρ)(1−ρ)²). */
export function mm1Inefficiency(rho: number): number {
  return (2 + 5 * rho - 4 * rho ** 2 + rho ** 3) / ((2 - rho) * (1 - rho) ** 2)
}
