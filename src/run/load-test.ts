import type { EndReason } from '../model/run-event.ts'
import type { TestSpec } from '../model/plan-spec.ts'
import { createStopMonitor, createThresholdWatch } from '../verdicts/index.ts'
import { startAttacks } from './attack-schedule.ts'
import { startDrivenTests } from './driven-test.ts'
import { startFaults } from './fault-schedule.ts'
import { leadSec } from './generator.ts'
import type { TestContext } from './run-test.ts'
import { watchTest } from './watch-test.ts'

/** Runs a test of one load. A stop condition that comes true ends the load, and the run, at once. */
export async function runLoadTest(test: TestSpec, { generator, session, surroundings }: TestContext): Promise<EndReason> {
  const monitor = createStopMonitor(test.stopWhen)
  const thresholds = createThresholdWatch(test.kind === 'watch' ? test.objectives : [])
  const startSec = Math.ceil((session.clock.now() + leadSec) * 1000) / 1000
  session.emit({ kind: 'test-started', test: test.name, spec: test })
  session.emit({ kind: 'load-started', test: test.name }, startSec)
  const stopWatching = watchTest(test.name, session, () => {
    const record = session.data.test(test.name)
    if (record?.loadStartSec !== undefined)
      for (const { objective, beyond, value, unit } of thresholds.look({
        data: session.data,
        test: record,
        nowSec: session.clock.now(),
      }))
        session.emit({ kind: 'threshold', test: test.name, objective, beyond, value, unit })
    const alarm = monitor.check(session.data, test.name, session.clock.now())
    if (alarm === undefined) return
    const { condition, value, scope } = alarm
    session.emit({ kind: 'alarm', test: test.name, condition, value, scope })
    session.end('stopped')
  })
  const load = generator.start({
    test,
    startSec,
    over: ({ early, atSec }) => {
      const reason = early ? (session.ending()?.reason ?? 'interrupted') : 'completed'
      session.emit({ kind: 'load-ended', test: test.name, reason }, atSec)
    },
  })
  const driver = {
    test,
    startSec,
    session,
    undo: surroundings.supervisor().forFaults,
    places: surroundings.places(),
    limiterValues: (name: string) => surroundings.limiterValues(name),
  }
  const driven = startDrivenTests(driver)
  const faults = startFaults(driver)
  const attacks = startAttacks({ ...driver, auditCount: (id) => surroundings.auditCount(id) })
  await load.done
  await driven.end()
  await attacks.end()
  await faults.end()
  stopWatching()
  const reason = session.ending()?.reason ?? 'completed'
  session.emit({ kind: 'test-ended', test: test.name, reason })
  return reason
}
