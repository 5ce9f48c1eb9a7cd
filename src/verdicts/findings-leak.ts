import type { Finding } from '../model/run-result.ts'
import { finding } from './finding-catalogue.ts'
import type { FindingInput } from './findings.ts'
import { digits, formatValue } from './format-value.ts'
import type { JudgedLeak } from './leaks.ts'

/** One finding for each kind of resource that leaks, by its most telling witness. */
export function leaksFound({ data, test, leaks }: FindingInput): Finding[] {
  const leaking = leaks.filter(({ verdict }) => verdict.kind === 'leak')
  const explained = leaking.filter((one) => !isCounted(one, leaking))
  const ids = [...new Set(explained.map(({ watched }) => watched.finding))]
  const closeWait = test.probe('target.sockets.close_wait', test.judged).at(-1)?.value ?? 0
  return ids.map((id) => {
    const evidence = explained
      .filter(({ watched }) => watched.finding === id)
      .map((one) => evidenceOf(one, data.header.machine.memoryBytes))
    const more = id === 'socket-leak' && closeWait > 0 ? [`${digits(closeWait)} of them are in CLOSE_WAIT.`] : []
    return finding(id, [...evidence, ...more].join(' '))
  })
}

/** A leaked connection is a socket as well: it is named once, by what it is. */
function isCounted({ watched, verdict }: JudgedLeak, leaking: readonly JudgedLeak[]): boolean {
  if (watched.finding !== 'socket-leak') return false
  const connections = leaking.filter((other) => other.watched.finding === 'connection-leak')
  return connections.some((other) => (other.verdict.perRequest ?? 0) >= 0.5 * (verdict.perRequest ?? 0))
}

function evidenceOf({ watched, verdict, result }: JudgedLeak, machineBytes: number): string {
  const { perRequest, interval, line, secondsToLimit } = verdict
  if (perRequest === null || interval === null || line === null) return ''
  const { title, unit } = watched
  const each =
    unit === 'bytes'
      ? `${formatValue(perRequest, unit)} a request (99 % interval ${formatValue(interval[0], unit)} to ${formatValue(interval[1], unit)})`
      : `${digits(1000 * perRequest)} in 1,000 requests (99 % interval ${digits(1000 * interval[0])} to ${digits(1000 * interval[1])})`
  const seen = `${title}: +${each}, ${formatValue(line.to - line.from, unit)} in ${digits(line.toSec - line.fromSec)} s.`
  if (secondsToLimit === null || result.limit === null) return seen
  const what =
    result.limit === machineBytes && unit === 'bytes'
      ? 'the memory of this machine'
      : `the limit of ${formatValue(result.limit, unit)}`
  return `${seen} At this load ${what} is reached in ${span(secondsToLimit)}.`
}

function span(sec: number): string {
  if (sec < 120) return `${digits(Math.round(sec))} s`
  if (sec < 2 * 3600) return `${digits(Math.round(sec / 60))} min`
  return sec < 48 * 3600 ? `${digits(sec / 3600)} h` : `${digits(sec / 86_400)} days`
}
