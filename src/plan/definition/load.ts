import type { Duration, Rate } from './units.ts'

/** A piece of a load over time: a ramp `{ to, over }` or a `{ hold }` of the level reached. `name` names its phase. */
export type StageOptions<Level> =
  | {
      readonly to: Level
      readonly over: Duration
      readonly from?: string | number
      readonly name?: string
      readonly hold?: never
    }
  | { readonly hold: Duration; readonly name?: string; readonly to?: never; readonly over?: never }

export type UsersOptions = number | readonly StageOptions<number>[]
export type ArrivalsOptions =
  | Rate
  | readonly StageOptions<Rate>[]
  | {
      readonly rate?: Rate
      readonly stages?: readonly StageOptions<Rate>[]
      /** `poisson` (default): independent users; `uniform`: evenly spaced. */
      readonly process?: 'poisson' | 'uniform'
      /** Most users at once; later arrivals wait, and their latency counts from when they should have started. Default 10,000. */
      readonly maxUsers?: number
    }

/** Levels held one after the other; each makes a phase such as `200 users` or `400/s`. */
export interface StepsOptions {
  readonly users?: readonly number[]
  readonly arrivals?: readonly Rate[]
  readonly each: Duration
}

/** The load of one scenario in `load: { … }`. */
export interface SideLoadOptions {
  readonly users?: UsersOptions
  readonly arrivals?: ArrivalsOptions
  readonly steps?: StepsOptions
  readonly iterations?: number
  readonly for?: Duration
  readonly maxUsers?: number
}

/** Rates (`'50/s'`) search arrivals, whole numbers search users. */
export interface CapacityOptions {
  /** A load that the target is sure to bear. */
  readonly from?: string | number
  /** The search never goes beyond it. */
  readonly to?: string | number
  /** Width of the answer as a share of its upper end; default `'5%'`. */
  readonly within?: string
  /** Shortest trial; default `'10s'`. */
  readonly minTrial?: Duration
  /** Longest trial; default `'2m'`. */
  readonly maxTrial?: Duration
  /** Longest wait between two trials for the target to be back at its baseline; default `'30s'`. */
  readonly settle?: Duration
  /** Twice the width and short trials only. */
  readonly quick?: boolean
  /** Of arrivals: `poisson` (default): independent users; `uniform`: evenly spaced. */
  readonly process?: 'poisson' | 'uniform'
  /** Most users at once when arrivals are searched; default 10,000. */
  readonly maxUsers?: number
}
