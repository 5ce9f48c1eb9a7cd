import type { LinkMetric, LinkMetricName } from '../model/link-metric.ts'
import type { LinkPoint } from './link-log.ts'
import type { ProbePoint } from './probe-log.ts'
import type { Range } from './series-log.ts'
import type { TestData } from './test-data.ts'

interface Second {
  calls: number
  answered: number
  failed: number
  broken: number
  /** At its end; undefined: nothing has crossed the link until now. */
  open: number | undefined
}

/**
 * What a link did in each whole second of the load, as a probe would have read it: calls that began and connections that were broken a second, the share of the calls that
 * failed (none where no call ended), and connections open at the end of the second. Nothing where our proxy does not stand in it.
 */
export function linkSeries(test: TestData, { link, metric }: LinkMetric, range: Range): readonly ProbePoint[] {
  if (test.spec.links?.includes(link) !== true || test.loadStartSec === undefined) return []
  return secondsOf(test.link(link), lastOf(test)).flatMap((second, sec) => {
    const value = readings[metric](second)
    return value === undefined || sec < range.from || sec >= range.to ? [] : [{ t: sec, value }]
  })
}

const readings: Readonly<Record<LinkMetricName, (second: Second) => number | undefined>> = {
  calls: ({ calls }) => calls,
  broken: ({ broken }) => broken,
  open: ({ open }) => open,
  failed: ({ answered, failed }) => (answered + failed === 0 ? undefined : failed / (answered + failed)),
}

/** While the load runs the tenths of its last second may still be on their way. */
function lastOf({ loadSec, loadEnd }: TestData): number {
  const whole = Math.floor(loadSec + 0.05)
  return loadEnd === undefined ? whole - 1 : whole
}

function secondsOf(points: readonly LinkPoint[], length: number): readonly Second[] {
  const seconds = Array.from({ length: Math.max(0, length) }, (): Second => ({
    ...{ calls: 0, answered: 0, failed: 0, broken: 0, open: undefined },
  }))
  let before: number | undefined
  for (const { t, calls, answered, failed, broken, open } of points) {
    if (t < 0) before = open
    const second = seconds[Math.floor(t)]
    if (second === undefined) continue
    second.calls += calls
    second.answered += answered
    second.failed += failed
    second.broken += broken
    second.open = open
  }
  for (const second of seconds) before = second.open ??= before
  return seconds
}
