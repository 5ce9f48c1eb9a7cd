import type { MonitorResult } from '../../model/monitor-result.ts'
import type { TestData, TimedScrape } from '../../analysis/index.ts'

/** Ours: one look that fails happens, as when a process is started again. */
const leastBlind = 2

/** Looks at the page that failed or came too late; `blind` are those of a target that served its users meanwhile. */
export function blindness(test: TestData, looks: readonly TimedScrape[], withinSec: number): MonitorResult['scrapes'] {
  const failed = looks.filter(({ error, tookSec }) => error !== undefined && tookSec <= withinSec)
  const late = looks.filter(({ tookSec }) => tookSec > withinSec)
  const blind = [...failed, ...late].filter((look) => servedDuring(test, look)).toSorted((a, b) => a.fromSec - b.fromSec)
  const [first] = blind
  return {
    count: looks.length,
    failed: looks.filter(({ error }) => error !== undefined).length,
    late: late.filter(({ error }) => error === undefined).length,
    blind: blind.length,
    slowestSec: looks.length === 0 ? null : Math.max(...looks.map(({ tookSec }) => tookSec)),
    withinSec,
    example: first === undefined ? null : (first.error ?? `it answered after ${first.tookSec.toFixed(1)} s`),
  }
}

/** One that waited is enough: it is many looks that were not made. */
export function isBlind({ blind, late }: MonitorResult['scrapes']): boolean {
  return blind >= leastBlind || (blind > 0 && late > 0)
}

/** A target that serves nobody cannot serve its page either: that is an outage, and said as such. Without a load every look counts. */
function servedDuring(test: TestData, { fromSec, toSec }: TimedScrape): boolean {
  if (test.spec.kind === 'watch') return true
  const from = Math.floor(fromSec) - 1
  const to = Math.max(Math.ceil(toSec), from + 2) + 1
  for (let sec = Math.max(0, from); sec < Math.min(to, Math.floor(test.loadSec)); sec++)
    if (!test.windowsAt('request', sec).some((window) => window.kind === 'request' && window.response.count > 0)) return false
  return fromSec >= 0 && fromSec < test.loadSec
}
