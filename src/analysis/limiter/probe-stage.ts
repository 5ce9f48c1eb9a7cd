import type { LimiterFit } from '../../model/limiter-result.ts'
import type { Answering } from './answers.ts'
import { answeringOf, longestAccepted } from './answers.ts'
import { fitLimiter, probeFigures } from './fit.ts'
import type { Stages, TestedLimiter } from './tested-limiter.ts'

/** Most answers of one test: they are all in the record. */
const mostAnswers = 30_000
/** A probe that was never refused goes on so long at the highest rate. */
const absentSec = 4
const stepSec = 2.5
/** No other rate is begun with less. */
const leastProbeSec = 3
/** A key that is asked again at another rate was idle for longer than this. */
export const idleBetweenProbesSec = 3
/** At so many times its rate a bucket refuses five of six. */
const lambdas = 6
const fineLambdas = 20
const firstPerSec = 25
/** The share of the time that the probe may take. */
const probeShare = 0.6
/** And of that, what it takes to see whether something slides that looks like a bucket at first. */
const slidingShare = 0.25
/** Of the probe: more are a limiter that is only not understood. */
const fewRefusals = 0.2
/** New connections that are tried where several at once were not refused. */
const newConnections = 8

/** What the other stages know. */
export interface Probed {
  readonly fit: LimiterFit
  /** Who was asked, and how often, of the last rate that was probed with. */
  readonly key: number
  readonly perSec: number
}

/** How long the answers of the probe took, those that came late as well. */
export function answering({ view, spec }: TestedLimiter, { key }: Probed): Answering {
  return answeringOf(view.of('probe', key), spec.refused)
}

/** Rate after rate until it refuses most of it; then at this rate until the line can be drawn. Undefined: it cannot. */
export function* probe(tested: TestedLimiter): Stages<Probed | undefined> {
  const { clock, view, spec } = tested
  const { maxPerSec, expect, refused } = spec
  const { ratePerSec = 0, burst = 0 } = expect
  const endSec = clock.sec + probeShare * clock.leftSec
  const slidingSec = slidingShare * probeShare * clock.leftSec
  let perSec = Math.min(
    maxPerSec,
    Math.max(firstPerSec, (burst === 1 ? fineLambdas : lambdas) * ratePerSec, ratePerSec + burst / 2),
  )
  yield [clock.note('probe', 'begun')]
  for (;;) {
    const key = yield* tested.freshKey(idleBetweenProbesSec)
    const from = clock.sec
    yield [{ kind: 'stream', stage: 'probe', key, perSec, part: 'stream' }]
    // A cap on what is sent of a limiter that may have a great burst: what is expected and half as much again.
    const unrefusedSec = perSec < maxPerSec ? stepSec : Math.max(absentSec, (1.5 * burst) / Math.max(1, perSec - ratePerSec))
    const rate = { key, from, perSec, unrefusedSec, slidingSec }
    const next = yield* clock.until(() => onward(tested, rate), Math.max(1, endSec - clock.sec))
    yield [{ kind: 'stop', stage: 'probe' }]
    const longestSec = longestAccepted(view.of('probe', key, from), refused)
    yield* clock.wait(Math.max(0.5, Math.min(1.2 * longestSec + 0.1, 0.2 * clock.leftSec)))
    if (typeof next === 'number' && clock.sec + leastProbeSec < endSec) {
      perSec = next
      continue
    }
    yield [clock.note('probe', 'ended')]
    const fit = fitLimiter(view.of('probe', key, from), refused)
    if (fit !== undefined) return { fit, key, perSec }
    yield* oneConnection(tested, key)
    return undefined
  }
}

interface Rate {
  readonly key: number
  /** When it was begun. */
  readonly from: number
  readonly perSec: number
  /** So long without a refusal, and a higher one is tried. */
  readonly unrefusedSec: number
  readonly slidingSec: number
}

/** A higher rate to probe with, or that this one has shown what it can; undefined: not yet. */
function onward(tested: TestedLimiter, { key, from, perSec, unrefusedSec, slidingSec }: Rate): number | 'done' | undefined {
  const { clock, view, spec } = tested
  const { maxPerSec, refused } = spec
  const known = view.of('probe', key, from)
  // What was sent a moment ago and is not answered may be let through or refused.
  const settledSec = clock.sec - longestAccepted(known, refused)
  const answers = known.filter(({ at }) => at <= settledSec)
  const { firstRefusalSec, after, shareAfter, clumps, isRegular, first, tokens } = probeFigures(answers, refused)
  const atSec = settledSec - from
  const room = view.count < mostAnswers
  if (firstRefusalSec === undefined) {
    if (atSec < unrefusedSec && room) return undefined
    return perSec < maxPerSec && room ? Math.min(maxPerSec, 4 * perSec) : 'done'
  }
  const sinceSec = atSec - firstRefusalSec
  if (!room) return 'done'
  // With room for one token it takes a finer look.
  const times = first < 2 ? fineLambdas : lambdas
  if (sinceSec >= 1.5 && after >= 3 && shareAfter > 2 / times && perSec < maxPerSec)
    return Math.min(maxPerSec, Math.max(1.2 * perSec, times * shareAfter * perSec))
  if (clumps !== undefined) return clumps.length >= 4 && sinceSec >= 2 ? 'done' : undefined
  // Slow answers mix up what is let through and what is not: that takes longer to see.
  if (after < 24 || sinceSec < (isRegular ? 2.5 : 5)) return undefined
  const fit = fitLimiter(answers, refused)
  if (fit === undefined) return undefined
  // A window that slides lets more through in one and less in the next: two and a half of them are seen.
  const maySlide = fit.kind === 'sliding counter' || sinceSec < slidingSec
  if (maySlide && after < Math.min(2.5 * first, 150)) return undefined
  const steadyPerSec = (tokens.length - 1) / ((tokens.at(-1) ?? 0) - (tokens[0] ?? 0))
  return steadyPerSec > (2 / times) * perSec && perSec < maxPerSec ? Math.min(maxPerSec, times * steadyPerSec) : 'done'
}

/** Where next to nothing was refused: the probe had several connections, and it may be they that are counted; or it is what comes at the same moment. */
function* oneConnection(tested: TestedLimiter, probed: number): Stages {
  const { clock, view, spec } = tested
  const { refused, expect } = spec
  const sent = view.of('probe', probed)
  // Of several connections a few may be refused.
  const share = sent.filter(({ status }) => refused.includes(status)).length / Math.max(1, sent.length)
  if (share > fewRefusals || clock.leftSec < 2) return
  const key = yield* tested.freshKey(1)
  yield [clock.note('bypass', 'begun')]
  const count = Math.min(2000, Math.ceil(2 * (expect.burst ?? 100)) + 50)
  yield [{ kind: 'burst', stage: 'bypass', key, count, untilRefused: true }]
  if (view.of('bypass', key).some(({ status }) => refused.includes(status)))
    yield [{ kind: 'vary', stage: 'bypass', key, variants: ['new connection'], rounds: newConnections, others: [], most: count }]
  yield [clock.note('bypass', 'ended')]
}
