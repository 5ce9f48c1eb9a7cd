import type {
  LimiterFit,
  LimiterProbe,
  LimiterResult,
  LimiterTestId,
  LimiterTestResult,
  LimiterVerdict,
} from '../../model/limiter-result.ts'
import type { RunData, TestData } from '../../analysis/index.ts'
import { bypassesOf, countsConnections, isNotEvaded, sparesOtherKeys } from './bypass.ts'
import type { LimiterEvidence, Tested } from './evidence.ts'
import { isAccepted, limiterEvidence } from './evidence.ts'
import { describeFit, enforces, factorOf, offeredPerSec } from './expected.ts'
import { retriesHonestly, tellsTheTruth } from './headers.ts'
import { refineKind } from './kind.ts'
import { atBoundary, capsRefill, hasQuota } from './quota.ts'
import { admitsOne } from './race.ts'
import { acceptedTimes, refusalCost, refusedTimes, refusesCheaply, refusesFast } from './refusal.ts'

const titles: Readonly<Record<LimiterTestId, string>> = {
  probe: 'Lets through what it promises, and no more',
  quota: 'Gives a client that was idle the same quota each time',
  race: 'Counts requests that come at the same moment',
  bypass: 'Is not evaded by a change that must not matter',
  isolation: 'Spares the other clients',
  idle: 'Saves up no more than a burst',
  boundary: 'At the end of a window',
  'retry-after': 'Says truly when to come back',
  headers: 'Says truly what is left',
  refusal: 'Refuses quickly',
  cost: 'Refuses cheaply',
}

/** What is worse comes first. */
const order: readonly LimiterVerdict[] = [
  'NOT_PRESENT',
  'BYPASSABLE',
  'RACY',
  'OVER_ADMITS',
  'NOT_ISOLATED',
  'UNDER_ADMITS',
  'LYING_HEADERS',
]

/** Without these nobody can say that it is in order. */
const essential: readonly LimiterTestId[] = ['probe', 'race', 'bypass']

/** Judges each limiter that the objectives of a test name, from the record alone. */
export function judgeLimiters(data: RunData, test: TestData): readonly LimiterResult[] | undefined {
  const names = new Set(
    test.spec.objectives.flatMap(({ metric }) => (metric.name === 'limiter' && metric.selector ? [metric.selector.name] : [])),
  )
  if (names.size === 0) return undefined
  return [...names].map((name) => judgeLimiter(data, test, name))
}

export function judgeLimiter(data: RunData, test: TestData, name: string): LimiterResult {
  const spec = data.header.plan.limiters?.find((one) => one.name === name)
  const found = spec === undefined ? undefined : limiterEvidence(data, test, spec)
  if (found === undefined || found.probe.length === 0)
    return untested(name, 'The limiter was not tested: the load did not get as far.')
  const fit = found.fit === undefined ? undefined : refineKind(found, found.fit)
  const evidence: LimiterEvidence = { ...found, fit }
  const race = admitsOne(evidence)
  const isRacy = race.defect === 'RACY'
  const first = enforces(evidence, fit, isRacy)
  const tested: readonly Tested[] =
    fit === undefined
      ? withoutLine(evidence, first)
      : [
          ...[first, hasQuota(evidence), race, isNotEvaded(evidence), sparesOtherKeys(evidence)],
          ...[capsRefill(evidence), atBoundary(evidence), retriesHonestly(evidence), tellsTheTruth(evidence, isRacy)],
          ...[refusesFast(evidence), refusesCheaply(evidence)],
        ]
  const failed = tested.filter((one) => one.verdict === 'fail' && one.defect !== undefined)
  const defects = order.filter((defect) => failed.some((one) => one.defect === defect))
  return {
    name,
    ...summary(tested, failed, { worst: defects[0], fit }),
    defects,
    tests: tested.map(({ id, verdict, evidence: text }): LimiterTestResult => ({
      id,
      title: titles[id],
      verdict,
      evidence: text,
    })),
    fit: fit ?? null,
    bypasses: bypassesOf(evidence),
    factor: fit === undefined ? null : factorOf(evidence, fit),
    refusedMs: refusedTimes(evidence),
    acceptedMs: acceptedTimes(evidence),
    refusalCost: refusalCost(evidence),
    probe: probeOf(evidence),
  }
}

/** Without a line there is nothing to compare with; a limiter that counts connections is there all the same. */
function withoutLine(evidence: LimiterEvidence, probe: Tested): readonly Tested[] {
  const evaded = countsConnections(evidence)
  return evaded.length === 0 ? [probe] : [{ id: 'probe', verdict: 'unknown', evidence: probe.evidence }, ...evaded]
}

function summary(
  tested: readonly Tested[],
  failed: readonly Tested[],
  { worst, fit }: { readonly worst: LimiterVerdict | undefined; readonly fit: LimiterFit | undefined },
): Pick<LimiterResult, 'verdict' | 'reason'> {
  if (worst !== undefined) {
    const why = failed.filter(({ defect }) => defect === worst).map(({ evidence }) => evidence)
    return { verdict: worst, reason: `${upperFirst(why.join('; '))}.` }
  }
  const open = tested.filter(({ id, verdict }) => essential.includes(id) && verdict !== 'pass')
  // What is in flight is what these count: one request after the other is never refused, and nothing can be changed between two refusals.
  const isCap = fit?.kind === 'concurrency cap' || fit?.kind === 'leaky queue'
  const unknown = open.filter(({ id }) => !(isCap && id === 'bypass'))
  if (unknown.length > 0) {
    const why = unknown.map(({ id, evidence }) => `${id}: ${evidence}`)
    return { verdict: 'UNKNOWN', reason: `Not known: ${why.join('; ')}.` }
  }
  const bad = tested.filter(({ verdict }) => verdict === 'fail').map(({ id, evidence }) => `${id}: ${evidence}`)
  const but = bad.length === 0 ? '' : `; but ${bad.join('; ')}`
  return { verdict: 'ENFORCED', reason: `${fit === undefined ? '' : upperFirst(describeFit(fit))}${but}.` }
}

/** More points are no finer on a screen. */
const mostPoints = 240

function probeOf(evidence: LimiterEvidence): LimiterProbe {
  const { figures } = evidence
  const accepted = evidence.probe.filter((one) => isAccepted(evidence, one))
  const steps = accepted.map(({ at }, i) => ({ sec: Math.round((at - figures.fromSec) * 1e4) / 1e4, accepted: i + 1 }))
  const every = Math.ceil(steps.length / mostPoints)
  return {
    fromSec: figures.fromSec,
    offeredPerSec: offeredPerSec(evidence),
    sent: figures.sent,
    accepted: figures.accepted,
    points: steps.filter((_, i) => i % every === 0 || i === steps.length - 1),
  }
}

function untested(name: string, reason: string): LimiterResult {
  return {
    ...{ name, verdict: 'UNKNOWN', reason, defects: [], tests: [], fit: null, bypasses: [], factor: null },
    ...{ refusedMs: null, acceptedMs: null, refusalCost: null, probe: null },
  }
}

function upperFirst(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase())
}
