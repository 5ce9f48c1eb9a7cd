/** D/D/c: evenly spaced arrivals, c servers, every service takes the same time. */
export interface Ddc {
  readonly servers: number
  readonly serviceSec: number
}

export function ddcCapacity({ servers, serviceSec }: Ddc): number {
  return servers / serviceSec
}

/** Response time of the arrival at `t`, at a rate of `lambda`: the service, and beyond capacity (λ−C)/C more each second. */
export function ddcResponse(system: Ddc, lambda: number, t: number): number {
  const capacity = ddcCapacity(system)
  return system.serviceSec + Math.max(0, ((lambda - capacity) / capacity) * t)
}

/** A server that stops for `stallSec` every `everySec` and is busy for the share ρ otherwise. */
export interface Stall {
  readonly stallSec: number
  readonly everySec: number
  readonly rho: number
}

/** Open model: P(latency > x) = (S−x) / (P(1−ρ)) for x below S: what queues in a stall, and behind it while the queue drains. */
export function stallExceeds({ stallSec, everySec, rho }: Stall, x: number): number {
  return Math.min(1, Math.max(0, (stallSec - x) / (everySec * (1 - rho))))
}

/** The latency that a share p stays below, apart from the service itself; 0 where the stall does not reach. */
export function stallQuantile({ stallSec, everySec, rho }: Stall, p: number): number {
  return Math.max(0, stallSec - (1 - p) * everySec * (1 - rho))
}
