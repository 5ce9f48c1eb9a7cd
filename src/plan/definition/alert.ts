import type { Duration } from './units.ts'

/** An alert of the target: with neither `when` nor `during` it must never be raised. */
export interface AlertOptions {
  /** A condition, as of `stopWhen`: `'app.nodejs_eventloop_lag_seconds > 0.2 for 3s'`. */
  readonly when?: string
  /** The name of a phase, or the id of a fault, that it belongs to. */
  readonly during?: string
  /** From the condition's beginning; default `'15s'`. */
  readonly raisedWithin?: Duration
  /** From its end; default `'30s'`. */
  readonly clearedWithin?: Duration
}
