import type { LimiterFit } from '../../model/limiter-result.ts'
import type { LimiterSpec } from '../../model/limiter-spec.ts'
import type { LimiterStage } from '../../model/limiter-step.ts'
import type { Now, Stages } from '../staged-test.ts'
import { StageClock } from '../staged-test.ts'
import type { Answering } from './answers.ts'
import { answeringOf, longestAccepted } from './answers.ts'
import { fitLimiter, probeFigures } from './fit.ts'
import type { LimiterMove, LimiterTestOptions, LimiterVariant } from './moves.ts'
import { limiterVariants } from './moves.ts'

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
/** Most answers of one test: they are all in the record. */
const mostAnswers = 30_000
/** A probe that was never refused goes on so long at the highest rate. */
const absentSec = 4
const stepSec = 2.5
/** No other rate is begun with less. */
const leastProbeSec = 3
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
/** Beyond a wait that an answer asks for. */
const graceSec = 0.06
/** Before and after the end of a window. */
const deltaShare = 0.06
const costSec = 3

/** Stages in the order of their worth. Each begins with a key that is idle, and leaves behind what its verdict needs. */
export function* limiterStages(options: LimiterTestOptions, now: Now): Stages<LimiterMove> {
  const course = new Course(options, now)
  const fit = yield* course.probe()
  if (fit === undefined) return yield* course.oneConnection()
  const rest = [
    () => course.race(fit),
    () => course.bypass(fit),
    () => course.boundary(fit),
    () => course.retry(fit),
    () => course.idle(fit),
    () => course.cost(fit),
  ]
  for (const stage of rest) yield* stage()
}

/** How long a limiter that was drained takes to be as if nobody had ever asked. */
function fullAfterSec({ burst, ratePerSec, windowSec, kind }: LimiterFit): number {
  if (windowSec !== null) return windowSec * (kind === 'sliding counter' ? 2 : 1)
  return Math.max(1, burst.value) / ratePerSec.value
}

class Course {
  readonly #spec: LimiterSpec
  readonly #options: LimiterTestOptions
  readonly #clock: StageClock<LimiterStage>
  #nextKey = 0
  #probed = 0
  #probePerSec = firstPerSec
  #slidingSec = 0

  constructor(options: LimiterTestOptions, now: Now) {
    this.#options = options
    this.#spec = options.spec
    this.#clock = new StageClock(options, now)
  }

  /** Rate after rate until it refuses most of it; then at this rate until the line can be drawn. Undefined: it cannot. */
  *probe(): Stages<LimiterMove, LimiterFit | undefined> {
    const clock = this.#clock
    const { maxPerSec, expect, refused } = this.#spec
    const { ratePerSec = 0, burst = 0 } = expect
    const endSec = clock.sec + probeShare * clock.leftSec
    this.#slidingSec = slidingShare * probeShare * clock.leftSec
    let perSec = Math.min(
      maxPerSec,
      Math.max(firstPerSec, (burst === 1 ? fineLambdas : lambdas) * ratePerSec, ratePerSec + burst / 2),
    )
    yield [clock.note('probe', 'begun')]
    for (;;) {
      const key = yield* this.#freshKey(3)
      const from = clock.sec
      yield [{ kind: 'stream', stage: 'probe', key, perSec, part: 'stream' }]
      // A cap on what is sent of a limiter that may have a great burst: what is expected and half as much again.
      const unrefusedSec = perSec < maxPerSec ? stepSec : Math.max(absentSec, (1.5 * burst) / Math.max(1, perSec - ratePerSec))
      const next = yield* clock.until(() => this.#onward(key, from, { perSec, unrefusedSec }), Math.max(1, endSec - clock.sec))
      yield [{ kind: 'stop', stage: 'probe' }]
      const longestSec = longestAccepted(this.#options.view.of('probe', key, from), refused)
      yield* clock.wait(Math.max(0.5, Math.min(1.2 * longestSec + 0.1, 0.2 * clock.leftSec)))
      this.#probed = key
      this.#probePerSec = perSec
      if (typeof next === 'number' && clock.sec + leastProbeSec < endSec) {
        perSec = next
        continue
      }
      yield [clock.note('probe', 'ended')]
      return fitLimiter(this.#options.view.of('probe', key, from), refused)
    }
  }

  /** A higher rate to probe with, or that this one has shown what it can; undefined: not yet. */
  #onward(
    key: number,
    from: number,
    { perSec, unrefusedSec }: { readonly perSec: number; readonly unrefusedSec: number },
  ): number | 'done' | undefined {
    const { maxPerSec, refused } = this.#spec
    const known = this.#options.view.of('probe', key, from)
    // What was sent a moment ago and is not answered may be let through or refused.
    const settledSec = this.#clock.sec - longestAccepted(known, refused)
    const answers = known.filter(({ at }) => at <= settledSec)
    const figures = probeFigures(answers, refused)
    const { firstRefusalSec, after, shareAfter, clumps, isRegular, first, tokens } = figures
    const atSec = settledSec - from
    const room = this.#options.view.count < mostAnswers
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
    const maySlide = fit.kind === 'sliding counter' || sinceSec < this.#slidingSec
    if (maySlide && after < Math.min(2.5 * first, 150)) return undefined
    const steadyPerSec = (tokens.length - 1) / ((tokens.at(-1) ?? 0) - (tokens[0] ?? 0))
    return steadyPerSec > (2 / times) * perSec && perSec < maxPerSec ? Math.min(maxPerSec, times * steadyPerSec) : 'done'
  }

  /** Where nothing was refused: the probe had several connections, and it may be they that are counted. */
  *oneConnection(): Stages<LimiterMove> {
    const { view } = this.#options
    const { refused, expect } = this.#spec
    const probe = view.of('probe', this.#probed)
    // Of several connections a few may be refused.
    const share = probe.filter(({ status }) => refused.includes(status)).length / Math.max(1, probe.length)
    if (share > fewRefusals || this.#clock.leftSec < 2) return
    const key = yield* this.#freshKey(1)
    yield [this.#clock.note('bypass', 'begun')]
    const count = Math.min(2000, Math.ceil(2 * (expect.burst ?? 100)) + 50)
    yield [{ kind: 'burst', stage: 'bypass', key, count, untilRefused: true }]
    yield [this.#clock.note('bypass', 'ended')]
  }

  /** All tokens but one, and then many requests at once; and when the next one is let through. Who lets them wait in a queue is asked for more than it has. */
  *race(fit: LimiterFit): Stages<LimiterMove> {
    const clock = this.#clock
    const { kind, burst, ratePerSec } = fit
    const { before, many } = this.#racers(fit)
    yield [clock.note('race', 'begun')]
    for (let round = 0; round < rounds; round++) {
      const key = yield* this.#freshKey(fullAfterSec(fit), round === 0 ? Infinity : 0.3 * clock.leftSec)
      if (key < 0) break
      yield* this.#awayFromBoundary(fit)
      yield [{ kind: 'burst', stage: 'race', key, count: before, together: many }]
      if (kind !== 'token bucket' || burst.value < 2) continue
      yield [{ kind: 'stream', stage: 'race', key, perSec: this.#probePerSec, part: 'stream' }]
      yield* clock.wait(Math.min(0.05 * clock.leftSec, 3.5 / ratePerSec.value + 0.3))
      yield [{ kind: 'stop', stage: 'race' }]
    }
    yield [clock.note('race', 'ended')]
  }

  /** So many one after the other, and so many at once that they are more than what is left, and what comes back meanwhile. */
  #racers(fit: LimiterFit): { readonly before: number; readonly many: number } {
    const { kind, burst, ratePerSec } = fit
    if (kind === 'leaky queue') return { before: 0, many: Math.max(together, Math.ceil(1.5 * burst.high) + 5) }
    const { acceptedSec, p95Sec } = this.#answering()
    const before = this.#isSlow(fit) ? 0 : Math.max(0, Math.round(burst.value) - 1)
    const left = this.#isSlow(fit) ? burst.high : before * acceptedSec * ratePerSec.high
    return { before, many: Math.min(mostTogether, together + Math.ceil(left + 1.5 * p95Sec * ratePerSec.high)) }
  }

  #answering(): Answering {
    return answeringOf(this.#options.view.of('probe', this.#probed), this.#spec.refused)
  }

  /** Who asks one after the other hardly drains it. */
  #isSlow({ ratePerSec }: LimiterFit): boolean {
    return ratePerSec.value * this.#answering().acceptedSec >= slowShare
  }

  /** As many as are let through at once are being answered all the time, and who is refused does not wait: it may be they that are counted. */
  #looksCapped({ ratePerSec, burst }: LimiterFit): boolean {
    const { acceptedSec, refusedSec } = this.#answering()
    const busy = (ratePerSec.value * acceptedSec) / Math.max(1, burst.value)
    return refusedSec < 0.5 * acceptedSec && busy > 0.4 && busy < 2.5
  }

  /** What must not matter is changed, while the key is refused; and other keys, which are idle, ask. */
  *bypass(fit: LimiterFit): Stages<LimiterMove> {
    const clock = this.#clock
    if (fit.kind === 'leaky queue') return yield [clock.skip('bypass', 'who waits in its queue is not refused')]
    yield [clock.note('bypass', 'begun')]
    const { key, others } = yield* this.#drainedAndOthers(fit)
    const variants: LimiterVariant[] = limiterVariants.filter((variant) => this.#canVary(variant))
    yield* this.#awayFromBoundary(fit)
    const most = Math.ceil(1.5 * fit.burst.high) + 30
    const isDrained = yield* this.#drain(key, fit, most)
    // One after the other: the answers reach the record in between. The others first, while they are idle.
    for (const variant of isDrained ? ['another key' as const, ...variants] : []) {
      const isOther = variant === 'another key'
      if ((isOther && others.length === 0) || clock.leftSec < 1) continue
      yield [
        { kind: 'vary', stage: 'bypass', key, variants: [variant], rounds: isOther ? others.length : variedRounds, others, most },
      ]
    }
    yield [{ kind: 'stop', stage: 'bypass' }]
    yield* clock.wait(0.3)
    yield [clock.note('bypass', 'ended')]
  }

  /** Until one is refused; then it is asked on beside what comes, which takes the tokens that come back meanwhile. */
  *#drain(key: number, fit: LimiterFit, most: number): Stages<LimiterMove, boolean> {
    const clock = this.#clock
    const { refused } = this.#spec
    const from = clock.sec
    const isRefused = (): boolean => this.#options.view.of('bypass', key, from).some(({ status }) => refused.includes(status))
    const count = this.#isSlow(fit) ? Math.min(most, slowTries) : most
    yield [{ kind: 'burst', stage: 'bypass', key, count, untilRefused: true }]
    if (!isRefused() && this.#looksCapped(fit)) return false
    yield [{ kind: 'stream', stage: 'bypass', key, perSec: this.#probePerSec, part: 'stream' }]
    const { burst, ratePerSec } = fit
    const enoughSec = 2 + (2 * burst.high) / Math.max(1, this.#probePerSec - ratePerSec.high)
    return (yield* clock.until(() => isRefused() || undefined, enoughSec)) ?? false
  }

  /** Of many keys new ones; of a few the one that asked last, and the one that did not for the longest time, as often as its burst allows. */
  *#drainedAndOthers(fit: LimiterFit): Stages<LimiterMove, { readonly key: number; readonly others: readonly number[] }> {
    const { keys, view } = this.#options
    const rounds = 4
    if (this.#nextKey + rounds < keys) {
      const key = this.#nextKey
      this.#nextKey += rounds + 1
      return { key, others: Array.from({ length: rounds }, (_, i) => key + 1 + i) }
    }
    const sorted = Array.from({ length: keys }, (_, key) => key).sort((a, b) => (view.lastSent(a) ?? 0) - (view.lastSent(b) ?? 0))
    const [other = 0] = sorted
    const last = sorted.at(-1) ?? 0
    const freeAt = (view.lastSent(other) ?? 0) + 1.1 * fullAfterSec(fit) + 0.3
    if (last === other || freeAt - this.#clock.sec > 0.3 * this.#clock.leftSec) return { key: last, others: [] }
    yield* this.#at(freeAt)
    const often = Math.max(1, Math.min(rounds, Math.floor(fit.burst.low)))
    return { key: last, others: Array.from({ length: often }, () => other) }
  }

  #canVary(variant: LimiterVariant): boolean {
    const { key } = this.#spec
    const { pathname } = new URL(this.#spec.request.path, 'http://target')
    if (variant === 'another address') return this.#options.hasAddresses && key.kind !== 'address'
    if (variant === 'path case') return /[a-z]/i.test(pathname)
    return variant === 'trailing slash' || variant === 'double slash' ? pathname !== '/' : true
  }

  /**
   * One request begins a window; just before its end comes the whole quota, and just after it again. A window that the first request has begun lets nearly
   * twice the quota through, a log of the last W seconds only what has left it.
   */
  *boundary(fit: LimiterFit): Stages<LimiterMove> {
    const clock = this.#clock
    const { windowSec, kind } = fit
    if (windowSec === null || kind === 'sliding counter') return
    const needed = 1.5 * windowSec + 1
    if (clock.leftSec < needed) return yield [clock.noTime('boundary', needed)]
    const key = yield* this.#freshKey(windowSec)
    const quota = Math.round(fit.burst.value)
    yield [clock.note('boundary', 'begun')]
    const delta = Math.max(0.05, deltaShare * windowSec)
    let endsAt = fit.windowFromSec
    if (endsAt === null) {
      endsAt = clock.sec + 0.2 + windowSec
      yield [{ kind: 'burst', stage: 'boundary', key, count: 1, atSec: endsAt - windowSec }]
    } else endsAt += Math.ceil((clock.sec + delta + 0.4 - endsAt) / windowSec) * windowSec
    for (const atSec of [endsAt - delta, endsAt + delta]) {
      yield* this.#at(atSec)
      yield [{ kind: 'burst', stage: 'boundary', key, count: quota + 1, atSec }]
    }
    yield [clock.note('boundary', 'ended')]
  }

  /** A drained key asks once more when it was told to. */
  *retry(fit: LimiterFit): Stages<LimiterMove> {
    const clock = this.#clock
    const { view } = this.#options
    const { refused } = this.#spec
    if (fit.kind === 'leaky queue') return yield [clock.skip('retry', 'who waits in its queue is not refused')]
    if (this.#isSlow(fit))
      return yield [clock.skip('retry', 'its answers are so slow that who asks one after the other is hardly refused')]
    yield [clock.note('retry', 'begun')]
    for (let round = 0; round < rounds; round++) {
      const key = yield* this.#freshKey(0)
      const most = Math.ceil(1.5 * fit.burst.high) + 30
      const from = clock.sec
      yield [{ kind: 'burst', stage: 'retry', key, count: most, untilRefused: true }]
      const refusal = view.of('retry', key, from).findLast(({ status }) => refused.includes(status))
      const waitSec = refusal?.said?.retryAfterSec
      if (refusal === undefined || waitSec === undefined) break
      const atSec = refusal.at + refusal.ms / 1000 + waitSec + graceSec
      if (atSec > clock.sec + 0.5 * clock.leftSec) {
        yield [clock.noTime('retry', 2 * waitSec)]
        break
      }
      yield* this.#at(atSec)
      yield [{ kind: 'burst', stage: 'retry', key, count: 1, atSec }]
    }
    yield [clock.note('retry', 'ended')]
  }

  /** Idle for longer than it takes to be full, the key of the probe has no more than a burst. */
  *idle(fit: LimiterFit): Stages<LimiterMove> {
    const clock = this.#clock
    const key = this.#probed
    const dueSec = (this.#options.view.lastSent(key) ?? 0) + 2.5 * fullAfterSec(fit)
    const neededSec = Math.max(0, dueSec - clock.sec) + 2
    if (clock.leftSec < neededSec) return yield [clock.noTime('idle', neededSec)]
    yield [clock.note('idle', 'begun')]
    yield* this.#at(dueSec)
    yield* this.#awayFromBoundary(fit)
    yield [{ kind: 'burst', stage: 'idle', key, count: Math.ceil(2.2 * fit.burst.value) + 5, untilRefused: true }]
    yield [clock.note('idle', 'ended')]
  }

  /** As many requests a second that are all let through, each client within its burst, as are refused afterwards. */
  *cost(fit: LimiterFit): Stages<LimiterMove> {
    const clock = this.#clock
    const each = Math.max(1, Math.floor(fit.burst.low) - 1)
    const perSec = Math.min(this.#spec.maxPerSec, 200, Math.floor(((this.#options.keys - this.#nextKey) * each) / (costSec + 1)))
    const neededSec = 2 * costSec + 4
    if (perSec < 20) return yield [clock.skip('cost', 'it takes more clients that it tells apart')]
    if (clock.leftSec < neededSec) return yield [clock.noTime('cost', neededSec)]
    yield [clock.note('cost', 'begun')]
    const keys = Math.ceil((perSec * (costSec + 1)) / each)
    const drained = yield* this.#freshKey(0)
    yield [{ kind: 'stream', stage: 'cost', key: this.#nextKey, keys, perSec, part: 'accepted' }]
    yield* clock.wait(costSec)
    this.#nextKey += keys
    yield [{ kind: 'stop', stage: 'cost' }]
    yield* clock.wait(1)
    yield [{ kind: 'burst', stage: 'cost', key: drained, count: Math.ceil(1.5 * fit.burst.high) + 30, untilRefused: true }]
    yield [{ kind: 'stream', stage: 'cost', key: drained, perSec, part: 'refused' }]
    yield* clock.wait(costSec)
    yield [{ kind: 'stop', stage: 'cost' }]
    yield [clock.note('cost', 'ended')]
  }

  /** A key that never asked, or else one that has not for so long; -1: not within the time. */
  *#freshKey(idleSec: number, withinSec = Infinity): Stages<LimiterMove, number> {
    const clock = this.#clock
    if (this.#nextKey < this.#options.keys) {
      this.#nextKey += 1
      return this.#nextKey - 1
    }
    const { view } = this.#options
    const keys = Array.from({ length: this.#options.keys }, (_, key) => key)
    const idleSince = (key: number): number => view.lastSent(key) ?? 0
    const [key = 0] = keys.sort((a, b) => idleSince(a) - idleSince(b))
    // A little longer: a window that a clock begins is over only then.
    const freeAt = idleSince(key) + 1.1 * idleSec + 0.3
    if (freeAt - clock.sec > Math.min(withinSec, clock.leftSec)) return withinSec === Infinity ? key : -1
    yield* this.#at(freeAt)
    return key
  }

  *#at(sec: number): Stages<LimiterMove> {
    const clock = this.#clock
    // The rest of the way is gone by who sends it, to the millisecond.
    yield* clock.until(() => clock.sec >= sec - 0.2 || undefined, Math.max(0, sec - clock.sec))
  }

  /** Where a clock begins the windows, what is to be within one is not begun at its end. */
  *#awayFromBoundary({ windowSec, windowFromSec }: LimiterFit): Stages<LimiterMove> {
    if (windowSec === null || windowFromSec === null) return
    const into = (((this.#clock.sec - windowFromSec) % windowSec) + windowSec) % windowSec
    if (into < 0.05 * windowSec || into > 0.5 * windowSec) yield* this.#clock.wait((1.1 * windowSec - into) % windowSec)
  }
}
