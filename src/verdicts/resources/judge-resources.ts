import type { ProbePoint, RunData, TestData } from '../../analysis/index.ts'
import type { ResourceVerdict } from '../../model/run-result.ts'
import { runsInProcess } from '../in-process.ts'
import type { TakenResource } from './limited-resources.ts'
import { limitedResources } from './limited-resources.ts'
import { pressedResources } from './pressed-resources.ts'
import type { Stretch } from './resource-course.ts'
import { collateralOf, failuresIn, iterationFailuresIn, levelsOf, recoveryOf, survivedIn, usualOf } from './resource-course.ts'

/**
 * D13, for each resource that a test with `limits` or pressure takes: was the limit reached, what class of error came at it, what else
 * failed, does the same process live, did it recover after the release, and is everything given back? The first row that applies decides:
 *
 *   | what the record shows                                        | verdict |
 *   |--------------------------------------------------------------|---------|
 *   | the target ended                                             | FAIL    |
 *   | the limit was not reached, or nothing shows whether it was   | UNKNOWN |
 *   | most requests that failed got no answer at all (time-outs)   | FAIL    |
 *   | bad to the end, long after the release                       | FAIL    |
 *   | not given back                                               | FAIL    |
 *   | the load ended too early to see a recovery                   | UNKNOWN |
 *   | no process of the target is watched                          | UNKNOWN |
 *   | otherwise                                                    | PASS    |
 */
export function judgeResources(data: RunData, test: TestData): readonly ResourceVerdict[] | undefined {
  if (test.spec.capacity !== undefined) return undefined
  const taken = [...limitedResources(data, test), ...pressedResources(test)]
  return taken.length === 0 ? undefined : taken.map((one) => judgeResource(data, test, one))
}

function judgeResource(data: RunData, test: TestData, taken: TakenResource): ResourceVerdict {
  const { resource, reached, by, evidence } = taken
  const survived = survivedIn(data, test)
  const hot = taken.hot ?? { fromSec: 0, toSec: test.loadSec }
  const before: Stretch = { fromSec: test.judged.from, toSec: Math.max(test.judged.from, Math.floor(hot.fromSec)) }
  const inProcess = runsInProcess({ data, test })
  const work = inProcess ? 'iterations' : 'requests'
  const rows = test.rows({ kind: inProcess ? 'scenario' : 'request' })
  const usual = usualOf(rows.filter(({ sec }) => sec >= before.fromSec && sec < before.toSec))
  const failuresOf = inProcess ? iterationFailuresIn : failuresIn
  const failures = failuresOf(test, { fromSec: hot.fromSec, toSec: hot.toSec + 1 })
  const fails = failures.share > usual.failureShare + 0.01
  const recovery = recoveryOf(
    rows.filter(({ sec }) => sec < test.judged.to),
    { hot, usual },
  )
  const back = givenBack(data, test, taken)
  const facts = {
    resource,
    reached,
    errorClass: fails ? failures.kind : null,
    collateral: fails && before.toSec > before.fromSec ? collateralOf(test, hot, before) : [],
    survived,
    recoveredSec: reached === true && survived !== false ? recovery.sec : null,
    givenBack: survived === false ? null : back.ok,
  }
  const said = (verdict: ResourceVerdict['verdict'], reason: string): ResourceVerdict => ({
    ...facts,
    verdict,
    reason: `${upperFirst(by)}: ${reason}`,
  })
  if (survived === false) return said('FAIL', `the target ended. ${upperFirst(evidence)}.`)
  if (reached !== true)
    return said('UNKNOWN', `${reached === null ? 'not known whether it was reached' : 'not reached'}; ${evidence}.`)
  const course = `${evidence}${facts.errorClass === null ? `; no more ${work} failed than before` : `; ${percent(failures.share)} of the ${work} failed meanwhile, most with ${facts.errorClass}`}`
  if (facts.errorClass?.startsWith('timeout') === true) return said('FAIL', `requests hang. ${upperFirst(course)}.`)
  if (recovery.sec === null && recovery.seen) return said('FAIL', `no recovery before the load ended. ${upperFirst(course)}.`)
  if (back.ok === false) return said('FAIL', `not given back: ${back.evidence}. ${upperFirst(course)}.`)
  if (recovery.sec === null)
    return said('UNKNOWN', `reached, but the load ended too early to see whether it recovers. ${upperFirst(course)}.`)
  if (survived === null) return said('UNKNOWN', `no process of the target is watched. ${upperFirst(course)}.`)
  const again = recovery.sec === 0 ? '' : `, good again after ${recovery.sec} s`
  return said('PASS', `borne${again}. ${upperFirst(course)}${back.evidence === '' ? '' : `; ${back.evidence}`}.`)
}

interface Returned {
  readonly ok: boolean | null
  readonly evidence: string
}

/** Ours, after D12's 5 %: a few descriptors more are those of the log, of DNS, of what is still closing. */
const spareFiles = 8

/** What the target holds at rest after the load, against what it held at rest before. */
function givenBack(data: RunData, test: TestData, { resource, probe, format, reverted }: TakenResource): Returned {
  if (reverted === false) return { ok: false, evidence: 'what the fault took is still there' }
  if (probe === undefined) return { ok: reverted, evidence: reverted === true ? 'what the fault took is back' : '' }
  const levels = levelsOf(data, test, probe)
  const rest = levels.filter(({ t }) => t < 0)
  const usersGone = (test.endSec ?? Infinity) - (test.loadStartSec ?? test.startSec)
  const after = levels.filter(({ t }) => t > usersGone)
  if (rest.length === 0 || after.length === 0) return { ok: null, evidence: '' }
  const base = Math.max(...rest.map(valueOf))
  const now = Math.min(...after.map(valueOf))
  const evidence = `${format(base)} at rest before, ${format(now)} at rest after`
  // Runtimes keep memory that they once had: what is still resident may be free inside. Whether it leaks is for D12 to say.
  if (resource === 'memory') {
    const highest = Math.max(...levels.map(valueOf))
    return { ok: now <= 1.05 * base || now - base <= 0.5 * (highest - base) ? true : null, evidence }
  }
  const pooled = resource === 'files' ? pooledSince(data, test, { rest, after }) : 0
  const kept = pooled > 0 ? `, ${pooled} of them connections to a database, which a pool keeps` : ''
  return { ok: now - pooled <= Math.max(1.05 * base, base + spareFiles), evidence: `${evidence}${kept}` }
}

/**
 * Connections to databases that there are at rest after the load and were not before: whether they grow for ever is for D12 to say. Read while the
 * target was: a database outlives it, and is then without any.
 */
function pooledSince(
  data: RunData,
  test: TestData,
  at: { readonly rest: readonly ProbePoint[]; readonly after: readonly ProbePoint[] },
): number {
  return data.header.plan.probes.reduce((sum, probe) => {
    if (probe.kind !== 'postgres') return sum
    const levels = levelsOf(data, test, `${probe.service}.connections.total`)
    const during = (points: readonly ProbePoint[]): number[] =>
      levels.filter(({ t }) => points.some((point) => point.t === t)).map(valueOf)
    const [rest, after] = [during(at.rest), during(at.after)]
    return rest.length === 0 || after.length === 0 ? sum : sum + Math.max(0, Math.min(...after) - Math.max(...rest))
  }, 0)
}

function valueOf({ value }: ProbePoint): number {
  return value
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
