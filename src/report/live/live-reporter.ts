import picocolors from 'picocolors'
import { workKindOf } from '../../verdicts/index.ts'
import { wantsColour } from '../colour.ts'
import { clock, count, ms, percent, perSec } from '../numbers.ts'
import { oneLine, plainText } from '../plain-text.ts'
import type { Reporter, ReporterContext, ReporterTick } from '../reporter.ts'
import { statusBlock } from './block.ts'
import { createLineReporter } from './line-reporter.ts'
import { noticeOf } from './notices.ts'
import { Screen } from './screen.ts'
import { createSearchWatch, knownText } from './search-status.ts'
import type { SearchStatus } from './search-status.ts'
import { statusOf } from './status.ts'
import { createTrialNotices } from './trial-notices.ts'

/** The redrawn block of a terminal; elsewhere, lines. */
export function createLiveReporter(context: ReporterContext): Reporter {
  const { out, err, env } = context
  if (out.isTTY !== true || env['TERM'] === 'dumb') return createLineReporter(context)
  const c = picocolors.createColors(wantsColour(out, env))
  const paint = { info: c.dim, warn: c.yellow, error: c.red }
  const searchOf = createSearchWatch()
  const notices = createTrialNotices()
  let screen: Screen | undefined
  let last: ReporterTick | undefined
  return {
    onHeader({ plan, seed, workers }) {
      screen = new Screen(out, [err])
      const tests = plan.tests.length === 1 ? '1 test' : `${plan.tests.length} tests`
      screen.print(
        `${c.bold(`proofload ${oneLine(plan.name)}`)}  ${c.dim(`${tests}, ${workers} ${workers === 1 ? 'worker' : 'workers'}, seed ${seed}`)}\n`,
      )
    },
    onEvent(event) {
      if (event.kind === 'task-started') screen?.draw([[[`  ${oneLine(event.title)} …`, c.dim]]])
      const notice = noticeOf(event)
      if (notice) screen?.print(`${paint[notice.level](notice.text)}\n`)
      if (event.kind === 'test-ended' && last?.test === event.test) {
        screen?.print(`${summaryOf(last, searchOf(last))}\n`)
        screen?.draw([])
      }
    },
    onTick(tick) {
      last = tick
      const search = searchOf(tick)
      for (const text of notices(search)) screen?.print(`${c.dim(`[${clock(tick.nowSec)}] ${text}`)}\n`)
      const status = statusOf(tick, search)
      if (status) screen?.draw(statusBlock(status, c, out.columns ?? 80))
    },
    onDebug(text) {
      screen?.print(`${plainText(text)}\n`)
    },
    onResult() {
      screen?.stop()
    },
  }
}

/** What stays on the screen of a test that has ended; its verdict comes with the result. */
function summaryOf({ data, test }: ReporterTick, search: SearchStatus | undefined): string {
  const log = data.test(test)
  if (!log) return oneLine(test)
  // Means over all trials would say nothing.
  if (search !== undefined)
    return `${oneLine(test)}: ended after ${count(search.soFar.trials.length)} trials, ${knownText(search)}`
  const kind = workKindOf(log)
  const { count: n, failed, response } = log.total(kind)
  const micros = response.quantile(0.95)
  const rate = perSec(log.loadSec > 0 ? n / log.loadSec : null)
  return `${oneLine(test)}: ended after ${count(n)} ${kind === 'scenario' ? 'iterations' : `${kind}s`}, ${rate}, p95 ${ms(micros === null ? null : micros / 1000)}, errors ${percent(n === 0 ? null : failed / n)}`
}
