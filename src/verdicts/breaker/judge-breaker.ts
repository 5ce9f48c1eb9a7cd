import type { BreakerResult, BreakerTestId, BreakerTestResult, BreakerVerdict } from '../../model/breaker-result.ts'
import type { TestData } from '../../analysis/index.ts'
import { baselineCalls, waitsOf } from '../../analysis/index.ts'
import type { Evidence, Tested } from './evidence.ts'
import { evidenceOf } from './evidence.ts'
import { closes, givesProbeUp, limitsProbes, reopens, shareWhileOpen, startsAfresh, survivesRace } from './half-open.ts'
import { classification, forgets, opens, threshold } from './opening.ts'
import { failsFast, fallsBack, isolates, leavesOthersAlone, waits } from './while-open.ts'

const titles: Readonly<Record<BreakerTestId, string>> = {
  T1: 'Opens when the dependency fails',
  T2: 'Fails fast while open',
  T3: 'Lets nothing through while open',
  T4: 'Waits before it tries',
  T5: 'Tries with few calls at once',
  T6: 'Closes when the dependency is well',
  T7: 'Opens again when a try fails',
  T8: 'Gives up a try that has no answer',
  T9: 'One failure after it closed does not open it',
  T10: 'Forgets old failures',
  T11: 'Takes more than one failure to open',
  T12: 'Knows what a failure is',
  T13: 'Leaves other dependencies alone',
  T14: 'Survives failures all at once',
  T15: 'Has a fallback that is right',
  T16: 'Several instances do not try together',
}

/** What is worse comes first. */
const order: readonly BreakerVerdict[] = [
  ...(['ABSENT', 'NEVER_OPENS', 'STUCK_OPEN', 'STUCK_HALF_OPEN', 'LEAKY', 'STAMPEDE', 'SLOW_FAIL'] as const),
  ...(['PREMATURE', 'FLAPPING', 'MISCLASSIFIES', 'NOT_ISOLATED', 'STALE_WINDOW'] as const),
]

/** Without these nobody can say that it is in order. */
const essential: readonly BreakerTestId[] = ['T1', 'T3', 'T6', 'T8']

/** Judges the circuit breaker in front of each dependency that the objectives of a test name, from the record alone. */
export function judgeBreakers(test: TestData): readonly BreakerResult[] | undefined {
  const links = new Set(
    test.spec.objectives.flatMap(({ metric }) => (metric.name === 'breaker' && metric.selector ? [metric.selector.name] : [])),
  )
  if (links.size === 0) return undefined
  return [...links].map((link) => judgeBreaker(test, link))
}

export function judgeBreaker(test: TestData, link: string): BreakerResult {
  const evidence = evidenceOf(test, link)
  if (evidence === undefined) return untested(link, 'The breaker was not tested: the load did not get as far.')
  const { activity } = evidence
  if (activity.kappa === 0)
    return untested(link, `No call to ${link} was seen: the requests of this test do not need it, or go another way.`)
  if (evidence.stages.length === 1)
    return untested(
      link,
      `Fewer than ${String(baselineCalls)} calls to ${link} were made before anything was broken: it takes more load, or more time.`,
    )
  const probing = limitsProbes(evidence)
  const tested: readonly Tested[] = [
    ...[opens(evidence), failsFast(evidence), isolates(evidence), waits(evidence), probing, closes(evidence), reopens(evidence)],
    ...[givesProbeUp(evidence), startsAfresh(evidence), forgets(evidence), threshold(evidence), classification(evidence)],
    ...[leavesOthersAlone(evidence), survivesRace(evidence), fallsBack(evidence)],
    { id: 'T16', verdict: 'skipped', evidence: 'there is one target' },
  ]
  const tests = tested.map(({ id, verdict, evidence: text }): BreakerTestResult => ({
    id,
    title: titles[id],
    verdict,
    evidence: text,
  }))
  const failed = tested.filter((one) => one.verdict === 'fail' && one.defect !== undefined)
  const defects = order.filter((defect) => failed.some((one) => one.defect === defect))
  const waitsSeen = evidence.open.flatMap(waitsOf)
  return {
    link,
    ...summary(tests, failed, defects),
    defects,
    tests,
    states: statesOf(evidence),
    kappa: { closed: activity.kappa, open: shareWhileOpen(evidence) },
    waitSec: waitsSeen.length === 0 ? null : evidence.waitSec,
    probes: probing.probes,
  }
}

function summary(
  tests: readonly BreakerTestResult[],
  failed: readonly Tested[],
  [worst]: readonly BreakerVerdict[],
): Pick<BreakerResult, 'verdict' | 'reason'> {
  if (worst !== undefined) {
    const why = failed.filter(({ defect }) => defect === worst).map(({ id, evidence }) => `${evidence} (${id})`)
    return { verdict: worst, reason: `${why.join('; ')}.` }
  }
  const open = tests.filter(({ id, verdict }) => essential.includes(id) && verdict !== 'pass')
  if (open.length > 0) {
    const why = open.map(({ id, title, evidence }) => `${title} (${id}): ${evidence}`)
    return { verdict: 'UNKNOWN', reason: `Not known: ${why.join('; ')}.` }
  }
  const passed = tests.filter(({ verdict }) => verdict === 'pass').length
  const bad = tests.filter(({ verdict }) => verdict === 'fail').map(({ id, evidence }) => `${evidence} (${id})`)
  const rest = tests.filter(({ verdict }) => verdict === 'unknown' || verdict === 'skipped').map(({ id }) => id)
  const but = bad.length === 0 ? '' : `; but ${bad.join('; ')}`
  return {
    verdict: 'OK',
    reason: `${String(passed)} tests passed${rest.length === 0 ? '' : `, ${rest.join(', ')} could not be made`}${but}.`,
  }
}

function untested(link: string, reason: string): BreakerResult {
  return {
    ...{ link, verdict: 'UNKNOWN', reason, defects: [], tests: [], states: [] },
    ...{ kappa: { closed: null, open: null }, waitSec: null, probes: null },
  }
}

function statesOf({ open, test }: Evidence): BreakerResult['states'] {
  const states: BreakerResult['states'][number][] = []
  let at = 0
  const add = (state: BreakerResult['states'][number]['state'], toSec: number): void => {
    if (toSec > at) states.push({ state, fromSec: at, toSec })
    at = Math.max(at, toSec)
  }
  for (const { fromSec, toSec, bursts } of open) {
    add('closed', fromSec)
    for (const burst of bursts) {
      add('open', burst.fromSec)
      add('half-open', Math.min(burst.toSec, toSec))
    }
    add('open', toSec)
  }
  add('closed', test.loadSec)
  return states
}
