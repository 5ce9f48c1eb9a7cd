/** Milliseconds on a monotonic clock; only differences mean anything. */
export interface Clock {
  now(): number
}
