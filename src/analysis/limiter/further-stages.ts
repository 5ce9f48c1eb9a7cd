import type { Probed } from './probe-stage.ts'
import { isSlow, moreThanBurst } from './essential-stages.ts'
import type { Stages, TestedLimiter } from './tested-limiter.ts'
import { fullAfterSec } from './tested-limiter.ts'

// What is asked of a limiter besides, as far as the time allows.

/** Refused, and back again. */
const rounds = 3
/** Beyond a wait that an answer asks for. */
const graceSec = 0.06
/** Before and after the end of a window. */
const deltaShare = 0.06
const costSec = 3

/**
 * One request begins a window; just before its end comes the whole quota, and just after it again. A window that the first request has begun lets nearly
 * twice the quota through, a log of the last W seconds only what has left it.
 */
export function* boundary(tested: TestedLimiter, { fit }: Probed): Stages {
  const { clock } = tested
  const { windowSec, kind } = fit
  if (windowSec === null || kind === 'sliding counter') return
  const needed = 1.5 * windowSec + 1
  if (clock.leftSec < needed) return yield [clock.noTime('boundary', needed)]
  const key = yield* tested.freshKey(windowSec)
  const quota = Math.round(fit.burst.value)
  yield [clock.note('boundary', 'begun')]
  const delta = Math.max(0.05, deltaShare * windowSec)
  let endsAt = fit.windowFromSec
  if (endsAt === null) {
    endsAt = clock.sec + 0.2 + windowSec
    yield [{ kind: 'burst', stage: 'boundary', key, count: 1, atSec: endsAt - windowSec }]
  } else endsAt += Math.ceil((clock.sec + delta + 0.4 - endsAt) / windowSec) * windowSec
  for (const atSec of [endsAt - delta, endsAt + delta]) {
    yield* tested.at(atSec)
    yield [{ kind: 'burst', stage: 'boundary', key, count: quota + 1, atSec }]
  }
  yield [clock.note('boundary', 'ended')]
}

/** A drained key asks once more when it was told to. */
export function* retry(tested: TestedLimiter, probed: Probed): Stages {
  const { clock, view, spec } = tested
  const { fit } = probed
  if (fit.kind === 'leaky queue') return yield [clock.skip('retry', 'who waits in its queue is not refused')]
  if (isSlow(tested, probed))
    return yield [clock.skip('retry', 'its answers are so slow that who asks one after the other is hardly refused')]
  yield [clock.note('retry', 'begun')]
  for (let round = 0; round < rounds; round++) {
    const key = yield* tested.freshKey(0)
    const from = clock.sec
    yield [{ kind: 'burst', stage: 'retry', key, count: moreThanBurst(fit), untilRefused: true }]
    const refusal = view.of('retry', key, from).findLast(({ status }) => spec.refused.includes(status))
    const waitSec = refusal?.said?.retryAfterSec
    if (refusal === undefined || waitSec === undefined) break
    const atSec = refusal.at + refusal.ms / 1000 + waitSec + graceSec
    if (atSec > clock.sec + 0.5 * clock.leftSec) {
      yield [clock.noTime('retry', 2 * waitSec)]
      break
    }
    yield* tested.at(atSec)
    yield [{ kind: 'burst', stage: 'retry', key, count: 1, atSec }]
  }
  yield [clock.note('retry', 'ended')]
}

/** Idle for longer than it takes to be full, the key of the probe has no more than a burst. */
export function* idle(tested: TestedLimiter, { fit, key }: Probed): Stages {
  const { clock, view } = tested
  const dueSec = (view.lastSent(key) ?? 0) + 2.5 * fullAfterSec(fit)
  const neededSec = Math.max(0, dueSec - clock.sec) + 2
  if (clock.leftSec < neededSec) return yield [clock.noTime('idle', neededSec)]
  yield [clock.note('idle', 'begun')]
  yield* tested.at(dueSec)
  yield* tested.awayFromBoundary(fit)
  yield [{ kind: 'burst', stage: 'idle', key, count: Math.ceil(2.2 * fit.burst.value) + 5, untilRefused: true }]
  yield [clock.note('idle', 'ended')]
}

/** As many requests a second that are all let through, each client within its burst, as are refused afterwards. */
export function* cost(tested: TestedLimiter, { fit }: Probed): Stages {
  const { clock, spec } = tested
  const each = Math.max(1, Math.floor(fit.burst.low) - 1)
  const perSec = Math.min(spec.maxPerSec, 200, Math.floor((tested.newKeys * each) / (costSec + 1)))
  const neededSec = 2 * costSec + 4
  if (perSec < 20) return yield [clock.skip('cost', 'it takes more clients that it tells apart')]
  if (clock.leftSec < neededSec) return yield [clock.noTime('cost', neededSec)]
  yield [clock.note('cost', 'begun')]
  const keys = Math.ceil((perSec * (costSec + 1)) / each)
  const drained = yield* tested.freshKey(0)
  yield [{ kind: 'stream', stage: 'cost', key: tested.takeKeys(keys), keys, perSec, part: 'accepted' }]
  yield* clock.wait(costSec)
  yield [{ kind: 'stop', stage: 'cost' }]
  yield* clock.wait(1)
  yield [{ kind: 'burst', stage: 'cost', key: drained, count: moreThanBurst(fit), untilRefused: true }]
  yield [{ kind: 'stream', stage: 'cost', key: drained, perSec, part: 'refused' }]
  yield* clock.wait(costSec)
  yield [{ kind: 'stop', stage: 'cost' }]
  yield [clock.note('cost', 'ended')]
}
