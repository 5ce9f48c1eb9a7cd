import type { LimiterFit } from '../../model/limiter-result.ts'
import { outcomeOf } from './answers.ts'
import type { LimiterVariant } from './moves.ts'
import { limiterVariants } from './moves.ts'
import type { Probed } from './probe-stage.ts'
import { answering } from './probe-stage.ts'
import type { Stages, TestedLimiter } from './tested-limiter.ts'
import { fullAfterSec } from './tested-limiter.ts'

// Without these nobody can say that it is in order: does it count what comes at the same moment, and is it evaded?

/** Requests that are sent at the same moment where one token is left; more where tokens come back meanwhile. */
const together = 20
/** More connections are an attack. */
const mostTogether = 200
/** One after the other: in as much time as that, half of what is asked for has come back. */
const slowShare = 0.5
/** One after the other, of a limiter that answers too slowly to be drained so; enough to tell a cap on what is done at once. */
const slowTries = 30
const rounds = 3
/** Of each change: so many that are served are no accident. */
const variedRounds = 8
/** Of the time that is left: what it may take to count what is let through one after the other. */
const drainShare = 0.2

/** Who asks one after the other hardly drains it. */
export function isSlow(tested: TestedLimiter, probed: Probed): boolean {
  return probed.fit.ratePerSec.value * answering(tested, probed).acceptedSec >= slowShare
}

/** More in a row than it has, and than comes back meanwhile. */
export function moreThanBurst({ burst }: LimiterFit): number {
  return Math.ceil(1.5 * burst.high) + 30
}

/** All tokens but one, and then many requests at once; and when the next one is let through. Who lets them wait in a queue is asked for more than it has. */
export function* race(tested: TestedLimiter, probed: Probed): Stages {
  const { clock } = tested
  const { fit, perSec } = probed
  const { kind, burst, ratePerSec } = fit
  yield [clock.note('race', 'begun')]
  const drained = kind === 'leaky queue' ? undefined : yield* drain(tested, fit)
  const { before, many } = racers(tested, probed, drained)
  for (let round = 0; round < rounds; round++) {
    const key = yield* tested.freshKey(fullAfterSec(fit), round === 0 ? Infinity : 0.3 * clock.leftSec)
    if (key < 0) break
    yield* tested.awayFromBoundary(fit)
    yield [{ kind: 'burst', stage: 'race', key, count: before, together: many }]
    if (kind !== 'token bucket' || burst.value < 2) continue
    yield [{ kind: 'stream', stage: 'race', key, perSec, part: 'stream' }]
    yield* clock.wait(Math.min(0.05 * clock.leftSec, 3.5 / ratePerSec.value + 0.3))
    yield [{ kind: 'stop', stage: 'race' }]
  }
  yield [clock.note('race', 'ended')]
}

/** What was let through one after the other, from idle, until one was refused. */
interface Drained {
  readonly admitted: number
  readonly sec: number
}

/**
 * Many requests of the probe are in flight at the same moment: of a limiter that is racy it shows more than there is. Whoever waits for each answer before
 * the next request is never counted together with himself. Undefined: it was not refused within the time.
 */
function* drain(tested: TestedLimiter, fit: LimiterFit): Stages<Drained | undefined> {
  const { clock, view, spec } = tested
  const { expect, refused } = spec
  const key = yield* tested.freshKey(fullAfterSec(fit))
  yield* tested.awayFromBoundary(fit)
  const from = clock.sec
  const count = Math.max(2 * Math.ceil(expect.burst ?? 0), moreThanBurst(fit)) + 200
  yield [{ kind: 'burst', stage: 'race', key, count, untilRefused: true, withinSec: drainShare * clock.leftSec }]
  const answers = view.of('race', key, from)
  const [first, last] = [answers[0], answers.at(-1)]
  if (first === undefined || last === undefined || outcomeOf(last, refused) !== 'refused') return undefined
  return { admitted: answers.length - 1, sec: last.at - first.at }
}

/** So many one after the other, and so many at once that they are more than what is left, and what comes back meanwhile. */
function racers(
  tested: TestedLimiter,
  probed: Probed,
  drained: Drained | undefined,
): { readonly before: number; readonly many: number } {
  const { kind, burst, ratePerSec, windowSec } = probed.fit
  if (kind === 'leaky queue') return { before: 0, many: Math.max(together, Math.ceil(1.5 * burst.high) + 5) }
  const { acceptedSec, p95Sec } = answering(tested, probed)
  const many = (left: number): number => Math.min(mostTogether, together + Math.ceil(left + 1.5 * p95Sec * ratePerSec.high))
  const isQuick = drained !== undefined && ratePerSec.value * drained.sec < slowShare * drained.admitted
  if (drained !== undefined && (isQuick || !isSlow(tested, probed))) {
    // What came back while it was drained may not come this time, and of windows another one may have begun: one is left at least.
    const meanwhile = Math.ceil(drained.sec * ratePerSec.high)
    const isSteady = windowSec === null || kind === 'sliding counter'
    const quota = isSteady ? drained.admitted - meanwhile : Math.min(drained.admitted, Math.round(burst.value))
    return { before: Math.max(0, quota - 1), many: many(2 * meanwhile) }
  }
  if (isSlow(tested, probed)) return { before: 0, many: many(burst.high) }
  const before = Math.max(0, Math.round(burst.value) - 1)
  return { before, many: many(before * acceptedSec * ratePerSec.high) }
}

/** As many as are let through at once are being answered all the time, and who is refused does not wait: it may be they that are counted. */
function looksCapped(tested: TestedLimiter, probed: Probed): boolean {
  const { ratePerSec, burst } = probed.fit
  const { acceptedSec, refusedSec } = answering(tested, probed)
  const busy = (ratePerSec.value * acceptedSec) / Math.max(1, burst.value)
  return refusedSec < 0.5 * acceptedSec && busy > 0.4 && busy < 2.5
}

/** What must not matter is changed, while the key is refused; and other keys, which are idle, ask. */
export function* bypass(tested: TestedLimiter, probed: Probed): Stages {
  const { clock } = tested
  const { fit } = probed
  if (fit.kind === 'leaky queue') return yield [clock.skip('bypass', 'who waits in its queue is not refused')]
  yield [clock.note('bypass', 'begun')]
  const { key, others } = yield* lastAndOthers(tested, fit)
  const variants: LimiterVariant[] = limiterVariants.filter((variant) => canVary(tested, variant))
  yield* tested.awayFromBoundary(fit)
  const isDrained = yield* keepDrained(tested, probed, key)
  const most = moreThanBurst(fit)
  const untried: string[] = []
  // One after the other: the answers reach the record in between. The others first, while they are idle.
  for (const variant of isDrained ? ['another key' as const, ...variants] : []) {
    const isOther = variant === 'another key'
    if (isOther && others.length === 0) continue
    if (clock.leftSec < 1) {
      untried.push(variant)
      continue
    }
    yield [
      { kind: 'vary', stage: 'bypass', key, variants: [variant], rounds: isOther ? others.length : variedRounds, others, most },
    ]
  }
  yield [{ kind: 'stop', stage: 'bypass' }]
  yield* clock.wait(0.3)
  if (untried.length > 0) yield [clock.skip('bypass', `no time was left to try ${untried.join(', ')}`)]
  yield [clock.note('bypass', 'ended')]
}

/** Until one is refused; then it is asked on beside what comes, which takes the tokens that come back meanwhile. */
function* keepDrained(tested: TestedLimiter, probed: Probed, key: number): Stages<boolean> {
  const { clock, view, spec } = tested
  const { fit, perSec } = probed
  const from = clock.sec
  const isRefused = (): boolean => view.of('bypass', key, from).some(({ status }) => spec.refused.includes(status))
  const most = moreThanBurst(fit)
  const count = isSlow(tested, probed) ? Math.min(most, slowTries) : most
  yield [{ kind: 'burst', stage: 'bypass', key, count, untilRefused: true }]
  if (!isRefused() && looksCapped(tested, probed)) return false
  yield [{ kind: 'stream', stage: 'bypass', key, perSec, part: 'stream' }]
  const enoughSec = 2 + (2 * fit.burst.high) / Math.max(1, perSec - fit.ratePerSec.high)
  return (yield* clock.until(() => isRefused() || undefined, enoughSec)) ?? false
}

/** Of many keys new ones; of a few the one that asked last, and the one that did not for the longest time, as often as its burst allows. */
function* lastAndOthers(
  tested: TestedLimiter,
  fit: LimiterFit,
): Stages<{ readonly key: number; readonly others: readonly number[] }> {
  const { clock, view, options } = tested
  const most = 4
  if (most < tested.newKeys) {
    const key = tested.takeKeys(most + 1)
    return { key, others: Array.from({ length: most }, (_, i) => key + 1 + i) }
  }
  const keys = Array.from({ length: options.keys }, (_, key) => key)
  const sorted = keys.sort((a, b) => (view.lastSent(a) ?? 0) - (view.lastSent(b) ?? 0))
  const [other = 0] = sorted
  const last = sorted.at(-1) ?? 0
  const freeAt = (view.lastSent(other) ?? 0) + 1.1 * fullAfterSec(fit) + 0.3
  if (last === other || freeAt - clock.sec > 0.3 * clock.leftSec) return { key: last, others: [] }
  yield* tested.at(freeAt)
  const often = Math.max(1, Math.min(most, Math.floor(fit.burst.low)))
  return { key: last, others: Array.from({ length: often }, () => other) }
}

function canVary({ spec, options }: TestedLimiter, variant: LimiterVariant): boolean {
  const { pathname } = new URL(spec.request.path, 'http://target')
  if (variant === 'another address') return options.hasAddresses && spec.key.kind !== 'address'
  if (variant === 'path case') return /[a-z]/i.test(pathname)
  return variant === 'trailing slash' || variant === 'double slash' ? pathname !== '/' : true
}
