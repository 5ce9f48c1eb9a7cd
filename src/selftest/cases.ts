import {
  ddcResponse,
  md1MeanWait,
  md1Quantile,
  mm1Inefficiency,
  mm1MeanResponse,
  mm1Quantile,
  stallQuantile,
} from '../analysis/index.ts'

/** What a queue answers by formula, in ms. */
export interface Truth {
  readonly mean?: number
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
}

export interface TruthCase {
  readonly name: string
  /** Arguments of the queue server. */
  readonly server: readonly string[]
  readonly queues: number
  /** The load of the test, as in a plan. */
  readonly load: string
  readonly durationSec: number
  readonly warmupSec: number
  readonly truth: Truth
  /** Relative difference that is accepted besides the 95 % interval. */
  readonly tolerance: number
  /** By formula: the standard error of each figure with this many samples, in ms. Waits in a queue depend on each other for longer than the second that an interval's block lasts. */
  readonly standardErrors?: (samples: number) => Truth
}

export interface StationOptions {
  readonly serviceMs: number
  readonly rho: number
  readonly queues: number
  readonly durationSec: number
}

const server = (options: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])

/** Independent M/M/1 stations, started in equilibrium: random choice of one splits Poisson arrivals into Poisson arrivals. */
export function mm1Case({ serviceMs, rho, queues, durationSec }: StationOptions): TruthCase {
  const system = { mu: 1000 / serviceMs, lambda: (rho * 1000) / serviceMs }
  const ms = (sec: number): number => sec * 1000
  return {
    name: `M/M/1, service ${serviceMs} ms, rho ${rho}`,
    server: server({ queues, 'service-ms': serviceMs, distribution: 'exponential', rho }),
    queues,
    load: `arrivals: '${system.lambda * queues}/s'`,
    durationSec,
    warmupSec: 2,
    truth: {
      mean: ms(mm1MeanResponse(system)),
      p50: ms(mm1Quantile(system, 0.5)),
      p95: ms(mm1Quantile(system, 0.95)),
      p99: ms(mm1Quantile(system, 0.99)),
    },
    tolerance: 0.03,
    standardErrors: (samples) => mm1StandardErrors(system, rho, samples),
  }
}

/** Responses are exponential with rate mu - lambda: the error of a mean is 1/(rate sqrt n), of a quantile sqrt(q(1-q)/n) over the density rate (1-q); n is the effective one. */
function mm1StandardErrors(
  { mu, lambda }: { readonly mu: number; readonly lambda: number },
  rho: number,
  samples: number,
): Required<Truth> {
  const effective = samples / mm1Inefficiency(rho)
  const perMs = (mu - lambda) / 1000
  const ofQuantile = (q: number): number => Math.sqrt((q * (1 - q)) / effective) / (perMs * (1 - q))
  return { mean: 1 / (perMs * Math.sqrt(effective)), p50: ofQuantile(0.5), p95: ofQuantile(0.95), p99: ofQuantile(0.99) }
}

export function md1Case({ serviceMs, rho, queues, durationSec }: StationOptions): TruthCase {
  const system = { lambda: (rho * 1000) / serviceMs, serviceSec: serviceMs / 1000 }
  return {
    name: `M/D/1, service ${serviceMs} ms, rho ${rho}`,
    server: server({ queues, 'service-ms': serviceMs, distribution: 'constant' }),
    queues,
    load: `arrivals: '${system.lambda * queues}/s'`,
    durationSec,
    // It starts empty; the relaxation time of M/D/1 is about half that of M/M/1, 1/(mu (1-sqrt rho)^2).
    warmupSec: Math.ceil((5 * serviceMs) / 1000 / (1 - Math.sqrt(rho)) ** 2),
    truth: {
      mean: (md1MeanWait(system) + system.serviceSec) * 1000,
      p50: md1Quantile(system, 0.5) * 1000,
      p95: md1Quantile(system, 0.95) * 1000,
      p99: md1Quantile(system, 0.99) * 1000,
    },
    tolerance: 0.03,
    standardErrors: (samples) => md1TailErrors(system, rho, samples),
  }
}

/**
 * The tail of M/D/1 falls like exp(-theta t) with rho (e^x - 1) = x, x = theta D, so its density at the quantile q is about theta (1-q). Waits are
 * taken to depend on each other as in M/M/1, which is more than they do.
 */
function md1TailErrors({ serviceSec }: { readonly serviceSec: number }, rho: number, samples: number): Truth {
  let x = 5
  for (let i = 0; i < 200; i += 1) x = Math.log(1 + x / rho)
  const perMs = x / serviceSec / 1000
  const effective = samples / mm1Inefficiency(rho)
  const ofQuantile = (q: number): number => Math.sqrt((q * (1 - q)) / effective) / (perMs * (1 - q))
  return { p95: ofQuantile(0.95), p99: ofQuantile(0.99) }
}

export function ddcCase({
  serviceMs,
  servers,
  rho,
  durationSec,
}: {
  readonly serviceMs: number
  readonly servers: number
  readonly rho: number
  readonly durationSec: number
}): TruthCase {
  const system = { servers, serviceSec: serviceMs / 1000 }
  const lambda = (rho * servers * 1000) / serviceMs
  const response = ddcResponse(system, lambda, durationSec) * 1000
  return {
    name: `D/D/${servers}, service ${serviceMs} ms, rho ${rho}`,
    server: server({ queues: 1, servers, 'service-ms': serviceMs, distribution: 'constant' }),
    queues: 1,
    load: `arrivals: { rate: '${lambda}/s', process: 'uniform' }`,
    durationSec,
    warmupSec: 1,
    truth: { mean: response, p50: response, p95: response, p99: response },
    tolerance: 0.03,
  }
}

/** A server that stands still for `stallMs` of every `periodMs`: what coordinated omission hides. */
export function stallCase({
  stallMs,
  periodMs,
  rate,
  durationSec,
}: {
  readonly stallMs: number
  readonly periodMs: number
  readonly rate: number
  readonly durationSec: number
}): TruthCase {
  const serviceMs = 0.5
  const system = { stallSec: stallMs / 1000, everySec: periodMs / 1000, rho: (rate * serviceMs) / 1000 }
  return {
    name: `stall of ${stallMs} ms every ${periodMs} ms`,
    server: server({ queues: 1, 'service-ms': serviceMs, distribution: 'constant', 'stall-ms': stallMs, 'period-ms': periodMs }),
    queues: 1,
    load: `arrivals: { rate: '${rate}/s', process: 'uniform' }`,
    durationSec,
    warmupSec: 0,
    truth: { p95: stallQuantile(system, 0.95) * 1000, p99: stallQuantile(system, 0.99) * 1000 },
    tolerance: 0.05,
  }
}

/** The short form that `proofload doctor --selftest` runs: about a minute. */
export const shortCases: readonly TruthCase[] = [
  mm1Case({ serviceMs: 20, rho: 0.5, queues: 50, durationSec: 16 }),
  // Not at rho 0.5: there the median is the upper edge of the half that does not wait, where microseconds decide.
  md1Case({ serviceMs: 30, rho: 0.6, queues: 60, durationSec: 14 }),
  ddcCase({ serviceMs: 200, servers: 20, rho: 0.9, durationSec: 11 }),
  stallCase({ stallMs: 400, periodMs: 2000, rate: 200, durationSec: 12 }),
]
