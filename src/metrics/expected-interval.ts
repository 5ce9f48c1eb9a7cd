/**
 * Back-fills what a closed, constant-pace recording without a plan has missed: after a value longer than the interval, the requests that should have
 * been sent meanwhile (`recordValueWithExpectedInterval` of HdrHistogram). Never for responses counted from an intended start: those are right already.
 */
export function recordWithExpectedInterval(histogram: { record(value: number): void }, value: number, interval: number): void {
  histogram.record(value)
  if (interval <= 0) return
  for (let missed = value - interval; missed >= interval; missed -= interval) histogram.record(missed)
}
