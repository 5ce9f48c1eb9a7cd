/** A straight piece of a load over time: from one level to another. A hold has `from === to`. Levels are users or arrivals per second. */
export interface Stage {
  readonly from: number
  readonly to: number
  readonly durationSec: number
  /** Name of the phase that this stage makes, e.g. `200 users`; absent: the stage belongs to the phase around it. */
  readonly phase?: string
}

/** What a load is counted in: arrivals per second, or users. */
export type LoadUnit = 'perSec' | 'users'

export type LoadSpec =
  /** A population of users, each starting its next iteration when the last one ends. */
  | { readonly model: 'closed'; readonly stages: readonly Stage[] }
  /** Users that make `iterations` iterations together, as fast as they can. */
  | { readonly model: 'iterations'; readonly users: number; readonly iterations: number; readonly limitSec: number }
  /** Arrivals that come whether the target keeps up or not. */
  | {
      readonly model: 'open'
      readonly process: 'poisson' | 'uniform'
      readonly stages: readonly Stage[]
      readonly maxUsers: number
    }
  /** Arrivals at recorded times (seconds from the start, ascending), read from a file by each worker. */
  | {
      readonly model: 'trace'
      readonly path: string
      readonly arrivals: number
      readonly durationSec: number
      readonly maxUsers: number
    }
  /** No load: only look. */
  | { readonly model: 'watch'; readonly durationSec: number }

/** A load and the scenarios it drives, with their shares (positive numbers, any sum). */
export interface LoadAssignment {
  readonly load: LoadSpec
  readonly mix: Readonly<Record<string, number>>
}
