import picocolors from 'picocolors'
import { wantsColour } from '../colour.ts'
import { bytes, clock, count, ms, percent, perSec } from '../numbers.ts'
import { oneLine, plainText } from '../plain-text.ts'
import type { Reporter, ReporterContext } from '../reporter.ts'
import { verdictWords } from '../words.ts'
import { noticeOf } from './notices.ts'
import { createSearchWatch, knownText, trialText } from './search-status.ts'
import { createTrialNotices } from './trial-notices.ts'
import { statusOf } from './status.ts'
import type { Status } from './status.ts'

/** Seconds of the run between two lines. */
const everySec = 5

/** For pipes and CI logs: one line every few seconds. */
export function createLineReporter({ out, env }: ReporterContext): Reporter {
  const c = picocolors.createColors(wantsColour(out, env))
  const paint = { info: (text: string) => text, warn: c.yellow, error: c.red }
  const searchOf = createSearchWatch()
  const notices = createTrialNotices()
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
      const search = searchOf(tick)
      for (const text of notices(search)) out.write(`[${clock(tick.nowSec)}] ${oneLine(tick.test)} ${text}\n`)
      if (tick.nowSec < nextSec) return
      const status = statusOf(tick, search)
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
  const { test, phase, elapsedSec, durationSec, done, search, watched } = status
  const parts = [
    `[${clock(nowSec)}] ${oneLine(test)} ${search === undefined ? '' : `${trialText(search)}, `}${clock(elapsedSec)}/${clock(durationSec)}`,
    ...(search === undefined
      ? []
      : [search.settlingSec === null ? knownText(search) : `settling for ${clock(search.settlingSec)}`]),
    ...(phase === '' ? [] : [oneLine(phase)]),
    ...watched,
    ...(watched.length > 0 && done === 0 ? [] : loadParts(status)),
  ]
  return parts.join(' | ')
}

function loadParts(status: Status): string[] {
  const { users, rate, p50Ms, p95Ms, p99Ms, failed, done, dropped, targetCpu, targetMemory, watched } = status
  const parts = [
    rate === null ? `${count(users)} users` : `${perSec(rate)} arrivals`,
    `${perSec(status.perSec)} ${status.work}`,
    `p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)}, p99 ${ms(p99Ms)}`,
    `errors ${percent(done === 0 ? null : failed / done)}`,
  ]
  if (dropped > 0) parts.push(`dropped ${count(dropped)}`)
  if (watched.length === 0 && (targetCpu !== null || targetMemory !== null))
    parts.push(`target CPU ${percent(targetCpu)}, memory ${bytes(targetMemory)}`)
  return parts
}
