import type { CapacitySpec } from '../model/capacity-spec.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import type { TrialEnd, TrialPlan } from '../model/run-event.ts'
import { trialSpec } from '../analysis/index.ts'
import { createStopMonitor, failsForCertain, hasRecovered } from '../verdicts/index.ts'
import { leadSec } from './generator.ts'
import type { TestContext } from './run-test.ts'
import type { Forgiveness } from './target-host.ts'
import { watchTest } from './watch-test.ts'

export interface TrialOptions {
  readonly test: TestSpec
  readonly capacity: CapacitySpec
  /** Run clock: trials begin on whole seconds from here. */
  readonly zeroSec: number
  readonly context: TestContext
  readonly forgive: Forgiveness
}

/** Holds one load, or several that follow each other without a pause, and writes where each trial begins and ends. */
export async function runTrials(plans: readonly TrialPlan[], options: TrialOptions): Promise<void> {
  const { test, capacity, zeroSec, context, forgive } = options
  const { generator, session, surroundings } = context
  const [first, ...others] = plans
  if (first === undefined) return
  const startSec = zeroSec + Math.max(0, Math.ceil(session.clock.now() + leadSec - zeroSec))
  let current = first
  let endedBy: TrialEnd | undefined
  let condition: string | undefined

  const begin = (plan: TrialPlan, atSec: number): void => {
    current = plan
    session.emit({ kind: 'trial-started', test: test.name, ...plan }, atSec)
  }
  const end = (reason: TrialEnd, atSec: number): void =>
    session.emit(
      { kind: 'trial-ended', test: test.name, trial: current.trial, reason, ...(condition === undefined ? {} : { condition }) },
      atSec,
    )
  const stop = (reason: TrialEnd): void => {
    if (endedBy !== undefined) return
    endedBy = reason
    load.stop({ graceful: false })
  }

  begin(first, startSec)
  const load = generator.start({
    test: specOf(plans, test, capacity),
    startSec,
    trial: first.trial,
    over: ({ early, atSec }) => end(early ? (endedBy ?? 'interrupted') : 'completed', atSec),
  })
  const boundaries = others.map((plan, i) => {
    const atSec = startSec + plans.slice(0, i + 1).reduce((sum, { durationSec }) => sum + durationSec, 0)
    return setTimeout(
      () => {
        if (endedBy !== undefined || session.signal.aborted) return
        end('completed', atSec)
        begin(plan, atSec)
      },
      (atSec - session.clock.now()) * 1000,
    )
  })
  const monitor = createStopMonitor(test.stopWhen, { sinceSec: Math.round(startSec - zeroSec) })
  const stopWatching = watchTest(test.name, session, () => {
    const alarm = monitor.check(session.data, test.name, session.clock.now())
    // How the load fares after an overload is what is watched: only harm to the target ends that.
    if (alarm !== undefined && !(alarm.scope === 'load' && current.purpose === 'hysteresis')) {
      const { value, scope } = alarm
      session.emit({ kind: 'alarm', test: test.name, condition: alarm.condition, value, scope })
      if (scope === 'host' || scope === 'run') session.end('stopped')
      else {
        condition = alarm.condition
        stop('stopped')
      }
      return
    }
    const record = session.data.test(test.name)
    if (record !== undefined && (failsForCertain(record, current) || hasRecovered(record, current))) stop('certain')
  })
  forgive.onDeath = () => stop('target-died')
  await load.done
  stopWatching()
  forgive.onDeath = undefined
  for (const boundary of boundaries) clearTimeout(boundary)
  if (endedBy === 'target-died' && !session.signal.aborted) await surroundings.restartTarget()
}

/** The stages of all the trials as one load. */
function specOf(plans: readonly TrialPlan[], test: TestSpec, capacity: CapacitySpec): TestSpec {
  const specs = plans.map((plan) => trialSpec(test, capacity, plan))
  const [spec] = specs
  const [assignment] = spec?.loads ?? []
  if (spec === undefined || assignment === undefined) throw new Error('no trial to run')
  const { load, mix } = assignment
  if (specs.length === 1 || (load.model !== 'open' && load.model !== 'closed')) return spec
  const stages = specs.flatMap(({ loads }) =>
    loads.flatMap((one) => (one.load.model === 'open' || one.load.model === 'closed' ? one.load.stages : [])),
  )
  return {
    ...spec,
    loads: [{ load: { ...load, stages }, mix }],
    durationSec: specs.reduce((sum, { durationSec }) => sum + durationSec, 0),
  }
}
