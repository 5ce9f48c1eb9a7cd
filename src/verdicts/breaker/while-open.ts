import { expectedCalls, leakCalls, leakedCalls, upperShare, waitsOf } from '../../analysis/index.ts'
import type { OpenStretch, Range } from '../../analysis/index.ts'
import type { Tally } from '../../metrics/index.ts'
import { createTally } from '../../metrics/index.ts'
import type { Evidence, Tested } from './evidence.ts'
import { calls, percent, seconds, skipped, stagesOf } from './evidence.ts'

/** A refusal takes no longer than that, whatever the machine does beside it. */
const refusalMs = 250
const stallSec = 0.1

/** Half of what may still be called open (D9: 2 %) is left to tries that look like leaks. */
const leakShare = 0.015
/** Tries that are closer look like leaks of one in twenty and more. */
const leastWait = 18
const callsAWindow = 3

/** The times in which it was open while the dependency failed. */
function failing({ open, stages }: Evidence): readonly OpenStretch[] {
  const ill = stages.filter(({ stage }) => stage === 'errors' || stage === 'hanging-probe' || stage === 'resets')
  return open.flatMap((stretch) => {
    const stage = ill.find(({ fromSec, toSec }) => stretch.fromSec >= fromSec && stretch.fromSec < toSec)
    if (stage === undefined) return []
    const toSec = Math.min(stretch.toSec, stage.toSec)
    return [{ fromSec: stretch.fromSec, toSec, bursts: stretch.bursts.filter((burst) => burst.toSec <= toSec) }]
  })
}

/** T2: it says no at once. */
export function failsFast(evidence: Evidence): Tested {
  const { activity, errors } = evidence
  const id = 'T2'
  const [baseline] = stagesOf(evidence, 'baseline')
  if (errors?.openedSec === undefined || baseline === undefined) return skipped(evidence, id, 'errors')
  // A try without an answer takes as long as its time-out, and is no refusal.
  const ranges = failing(evidence)
    .filter(({ fromSec }) => fromSec < errors.stage.toSec)
    .map(wholeSeconds)
  const during = serviceTimes(evidence, ranges)
  const before = serviceTimes(evidence, [wholeSeconds(baseline)])
  const least = 100
  if (during.count < least)
    return { id, verdict: 'unknown', evidence: `${String(during.count)} answers while open; it takes ${String(least)}` }
  const p99 = (during.quantile(0.99) ?? 0) / 1000
  // Half of the requests that need the dependency: a few slow ones may be the machine's.
  const most = (during.quantile(1 - Math.min(0.5, activity.kappa / 2)) ?? 0) / 1000
  const usual = (before.quantile(0.99) ?? 0) / 1000
  const budget = Math.max(refusalMs, 3 * usual)
  const facts = `p99 of the answers while open was ${p99.toFixed(0)} ms (before: ${usual.toFixed(0)} ms)`
  if (p99 <= budget) return { id, verdict: 'pass', evidence: facts }
  if (most > budget)
    return { id, verdict: 'fail', defect: 'SLOW_FAIL', evidence: `${facts}; half of them took ${most.toFixed(0)} ms or more` }
  return { id, verdict: 'unknown', evidence: `${facts}; only a few were slow` }
}

/** Without the seconds in which the generator itself slept: what it then took for waiting was its own. */
function serviceTimes({ test, activity }: Evidence, within: readonly Range[]): Tally {
  const tally = createTally()
  for (const range of within)
    for (let sec = range.from; sec < range.to; sec++)
      if (activity.view.stallSec(sec) < stallSec)
        for (const window of test.windowsAt('request', sec)) if (window.kind === 'request') tally.add(window.service)
  return tally
}

/** Windows count requests by their end: the first second still has answers from before. */
function wholeSeconds({ fromSec, toSec }: { readonly fromSec: number; readonly toSec: number }): Range {
  return { from: Math.ceil(fromSec) + 1, to: Math.floor(toSec) }
}

/** T3: nothing goes through that is no try. */
export function isolates(evidence: Evidence): Tested {
  const id = 'T3'
  if (evidence.errors?.openedSec === undefined) return skipped(evidence, id, 'errors')
  const stretches = failing(evidence)
  const asked = stretches.reduce((sum, { fromSec, toSec }) => sum + expectedCalls(evidence.activity, fromSec, toSec), 0)
  const leaked = stretches.reduce((sum, stretch) => sum + leakedCalls(evidence.activity, stretch), 0)
  const share = asked === 0 ? 0 : leaked / asked
  const facts = `${leaked === 0 ? 'none' : String(leaked)} of ${asked.toFixed(0)} went through besides the tries`
  if (leaked >= 4 && share > leakShare && longestWait(evidence, stretches) < leastWait && !areStrewn(evidence, stretches))
    return { id, verdict: 'unknown', evidence: `${facts}: its tries come too often for this load to be told from leaks` }
  if (leaked >= 4 && share > leakShare) return { id, verdict: 'fail', defect: 'LEAKY', evidence: `${facts} (${percent(share)})` }
  // A try that came early is no leak, and may be one.
  const atMost = upperShare(leaked, Math.round(asked)) ?? 1
  const bound = `so fewer than ${percent(atMost)} at 95 %`
  if (leaked === 0 && asked >= leakCalls) return { id, verdict: 'pass', evidence: `${facts}, ${bound}` }
  if (atMost <= 0.02) return { id, verdict: 'pass', evidence: `${facts}, ${bound}` }
  return { id, verdict: 'unknown', evidence: `${facts}, ${bound}: it takes ${String(leakCalls)} to say fewer than 1 %` }
}

/** In calls that the requests of that time would have made. */
function longestWait({ activity, errors }: Evidence, stretches: readonly OpenStretch[]): number {
  // A try without an answer makes the next wait longer by its time-out.
  const quick = stretches.filter(({ fromSec }) => fromSec < (errors?.stage.toSec ?? 0))
  const waits = quick.flatMap((stretch) => {
    const perSec = expectedCalls(activity, stretch.fromSec, stretch.toSec) / Math.max(0.1, stretch.toSec - stretch.fromSec)
    return waitsOf(stretch).map((wait) => wait * perSec)
  })
  return Math.max(0, ...waits)
}

/** Calls by chance are as uneven as chance (variance over mean of their numbers near one), tries in their turn are not. */
function areStrewn({ activity, errors }: Evidence, stretches: readonly OpenStretch[]): boolean {
  const counts = stretches.flatMap((stretch) => {
    const { fromSec, toSec, bursts } = stretch
    if (fromSec >= (errors?.stage.toSec ?? 0)) return []
    const all = bursts.reduce((sum, burst) => sum + burst.calls, 0)
    const lengthSec = (callsAWindow * (toSec - fromSec)) / Math.max(1, all)
    const windows = Math.floor((toSec - fromSec) / lengthSec)
    return Array.from({ length: windows }, (_, i) => activity.view.calls(fromSec + i * lengthSec, fromSec + (i + 1) * lengthSec))
  })
  if (counts.length < 10) return false
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
  return mean > 0 && variance / mean > 0.5
}

/** T4: how long it waits before it tries. */
export function waits(evidence: Evidence): Tested {
  const id = 'T4'
  const { errors } = evidence
  if (errors?.openedSec === undefined) return skipped(evidence, id, 'errors')
  const all = failing(evidence).flatMap(waitsOf)
  if (all.length === 0) {
    const watched = seconds(errors.stage.toSec - errors.openedSec)
    return { id, verdict: 'unknown', evidence: `it did not try in the ${watched} that it was watched` }
  }
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const range = most - least < 0.3 ? `about ${seconds((least + most) / 2)}` : `${seconds(least)} to ${seconds(most)}`
  return { id, verdict: 'pass', evidence: `it waited ${range} before a try (seen ${String(all.length)} times)` }
}

/** T13: the other dependencies are called as before. */
export function leavesOthersAlone(evidence: Evidence): Tested {
  const id = 'T13'
  const { test, link, errors } = evidence
  const others = (test.spec.links ?? []).filter((name) => name !== link && name !== 'target')
  const [baseline] = stagesOf(evidence, 'baseline')
  if (others.length === 0) return { id, verdict: 'skipped', evidence: 'no other dependency of this test is behind a link' }
  if (errors?.openedSec === undefined || baseline === undefined) return skipped(evidence, id, 'errors')
  const from = errors.stage.laid[0]?.fromSec ?? errors.stage.fromSec
  const [clientErrors] = stagesOf(evidence, 'client-errors')
  const closed = [{ fromSec: from, toSec: errors.openedSec }, ...(clientErrors === undefined ? [] : [clientErrors])]
  const stopped = others.flatMap((other) => {
    const usual = callsPerRequest(evidence, other, [baseline])
    if (usual === undefined || usual.calls < 20) return []
    const open = callsPerRequest(evidence, other, failing(evidence))
    const before = callsPerRequest(evidence, other, closed)
    return [{ other, share: (open?.rate ?? 0) / usual.rate, closed: before === undefined ? null : before.rate / usual.rate }]
  })
  if (stopped.length === 0) return { id, verdict: 'unknown', evidence: 'the other dependencies were hardly called' }
  const [worst] = stopped.sort((a, b) => a.share - b.share)
  if (worst === undefined || worst.share >= 0.8)
    return { id, verdict: 'pass', evidence: `${others.join(', ')} were called as before while it was open` }
  const facts = `calls to ${worst.other} fell to ${percent(worst.share)} while it was open`
  // A request that fails early calls nobody any more; that is the request's way, and not the breaker's.
  if (worst.share <= 0.1 && worst.closed !== null && worst.closed >= 0.8)
    return {
      id,
      verdict: 'fail',
      defect: 'NOT_ISOLATED',
      evidence: `${facts}, and not while it was closed and its own dependency failed`,
    }
  return { id, verdict: 'unknown', evidence: facts }
}

function callsPerRequest(
  { test, activity }: Evidence,
  link: string,
  stretches: readonly { readonly fromSec: number; readonly toSec: number }[],
): { readonly calls: number; readonly rate: number } | undefined {
  let [count, requests] = [0, 0]
  for (const { fromSec, toSec } of stretches) {
    for (const point of test.link(link, { from: fromSec, to: toSec })) count += point.calls + point.broken
    requests += activity.view.requests(fromSec, toSec)
  }
  return requests < 20 ? undefined : { calls: count, rate: count / requests }
}

/** T15: what clients get instead is right. */
export function fallsBack(evidence: Evidence): Tested {
  const id = 'T15'
  const { test, activity } = evidence
  if (evidence.errors?.openedSec === undefined) return skipped(evidence, id, 'errors')
  const range = failing(evidence)
    .map(wholeSeconds)
    .find(({ from, to }) => to > from)
  if (range === undefined) return { id, verdict: 'skipped', evidence: 'it was open for no whole second' }
  const { count, failed } = test.total('request', { range })
  if (count === 0 || failed / count > 0.3 * Math.min(1, activity.kappa))
    return { id, verdict: 'skipped', evidence: 'requests fail while it is open: there is no fallback' }
  const checks = test.total('check', { range })
  const checked = checks.passed + checks.failed
  if (checked === 0) return { id, verdict: 'skipped', evidence: 'the scenario checks nothing' }
  const facts = `${calls(checks.failed).replace('call', 'check')} of ${String(checked)} failed while clients were given a fallback`
  return { id, verdict: checks.failed / checked > 0.01 ? 'fail' : 'pass', evidence: facts }
}
