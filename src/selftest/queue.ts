import type { Random } from '../base/random.ts'

/** A first-come-first-served station with `servers` servers in virtual time (Lindley 1952): no CPU is burnt, so its capacity is exact. */
export interface Queue {
  /** Arrival at `nowMs`; gives when it will leave. Arrivals must come in order of time. */
  arrive(nowMs: number): number
}

export interface QueueOptions {
  readonly servers: number
  /** Draws the next service time in ms. */
  readonly service: () => number
  /** Work already there at the start in ms, one entry a server: an equilibrium start spares the warm-up of the queue. */
  readonly backlogMs?: readonly number[]
  /** Nothing is served in the first `stallMs` of every `periodMs`. */
  readonly stall?: { readonly periodMs: number; readonly stallMs: number }
}

export function createQueue({ servers, service, backlogMs = [], stall }: QueueOptions): Queue {
  const freeAtMs = Array.from({ length: servers }, (_, i) => backlogMs[i] ?? 0)
  return {
    arrive(nowMs) {
      let first = 0
      for (let i = 1; i < servers; i += 1) if ((freeAtMs[i] ?? 0) < (freeAtMs[first] ?? 0)) first = i
      const startMs = Math.max(nowMs, freeAtMs[first] ?? 0)
      const leavesMs = stall === undefined ? startMs + service() : workUntil(startMs, service(), stall)
      freeAtMs[first] = leavesMs
      return leavesMs
    },
  }
}

/** When `workMs` of work that begins at `startMs` is done, if the first `stallMs` of each period are lost. */
function workUntil(
  startMs: number,
  workMs: number,
  { periodMs, stallMs }: { readonly periodMs: number; readonly stallMs: number },
): number {
  let now = startMs
  let left = workMs
  for (;;) {
    const inPeriod = ((now % periodMs) + periodMs) % periodMs
    if (inPeriod < stallMs) now += stallMs - inPeriod
    const untilStall = periodMs - (((now % periodMs) + periodMs) % periodMs)
    if (left <= untilStall) return now + left
    left -= untilStall
    now += untilStall
  }
}

/** -ln(1-U)/rate: exponential with the given mean. */
export function exponential(random: Random, meanMs: number): number {
  return -Math.log(1 - random.next()) * meanMs
}

/** Work found in an M/M/1 queue in equilibrium: none with probability 1-rho, otherwise exponential with mean 1/(mu-lambda). */
export function equilibriumBacklog(random: Random, meanServiceMs: number, rho: number): number {
  return random.next() < rho ? exponential(random, meanServiceMs / (1 - rho)) : 0
}
