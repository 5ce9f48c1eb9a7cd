import picocolors from 'picocolors'
import { wantsColour } from '../colour.ts'
import { bytes, clock, count, ms, percent, perSec } from '../numbers.ts'
import { oneLine, plainText } from '../plain-text.ts'
import type { Reporter, ReporterContext } from '../reporter.ts'
import { verdictWords } from '../words.ts'
import { noticeOf } from './notices.ts'
import { statusOf } from './status.ts'
import type { Status } from './status.ts'

/** Seconds of the run between two lines. */
const everySec = 5

/** For pipes and CI logs: one line every few seconds. */
export function createLineReporter({ out, env }: ReporterContext): Reporter {
  const c = picocolors.createColors(wantsColour(out, env))
  const paint = { info: (text: string) => text, warn: c.yellow, error: c.red }
  let nextSec = -Infinity
  return {
    onHeader({ plan, seed, workers }) {
      const tests = plan.tests.length === 1 ? '1 test' : `${plan.tests.length} tests`
      out.write(`proofload: ${oneLine(plan.name)}, ${tests}, ${workers} ${workers === 1 ? 'worker' : 'workers'}, seed ${seed}\n`)
    },
    onEvent(event) {
      if (event.kind === 'load-started') {
        nextSec = event.t + everySec
        out.write(`[${clock(event.t)}] ${oneLine(event.test)}: the load begins\n`)
      }
      const notice = noticeOf(event)
      if (notice) out.write(`${paint[notice.level](notice.text)}\n`)
    },
    onTick(tick) {
      if (tick.nowSec < nextSec) return
      const status = statusOf(tick)
      if (!status || tick.data.test(tick.test)?.loadStartSec === undefined) return
      nextSec = tick.nowSec + everySec
      out.write(`${statusLine(status, tick.nowSec)}\n`)
    },
    onDebug(text) {
      out.write(`${plainText(text)}\n`)
    },
    onResult({ result }) {
      for (const test of result.tests)
        out.write(`${oneLine(test.name)}: ${verdictWords[test.verdict].word.toLowerCase()}. ${oneLine(test.reason)}\n`)
    },
  }
}

export function statusLine(status: Status, nowSec: number): string {
  const {
    test,
    phase,
    elapsedSec,
    durationSec,
    users,
    rate,
    p50Ms,
    p95Ms,
    p99Ms,
    failed,
    requests,
    dropped,
    targetCpu,
    targetMemory,
  } = status
  const parts = [
    `[${clock(nowSec)}] ${oneLine(test)} ${clock(elapsedSec)}/${clock(durationSec)}`,
    ...(phase === '' ? [] : [oneLine(phase)]),
    rate === null ? `${count(users)} users` : `${perSec(rate)} arrivals`,
    `${perSec(status.perSec)} requests`,
    `p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, p99 ${ms(p99Ms)}`,
    `errors ${percent(requests === 0 ? null : failed / requests)}`,
  ]
  if (dropped > 0) parts.push(`dropped ${count(dropped)}`)
  if (targetCpu !== null || targetMemory !== null) parts.push(`target CPU ${percent(targetCpu)}, memory ${bytes(targetMemory)}`)
  return parts.join(' | ')
}
