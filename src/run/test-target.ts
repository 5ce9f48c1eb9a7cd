import { isDeepStrictEqual } from 'node:util'
import type { PreloadHost } from '../faults/index.ts'
import type { LimitsSpec } from '../model/limits-spec.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'
import type { RunningService } from '../services/index.ts'
import type { KeptData } from './kept-data.ts'
import type { RunLinks } from './links.ts'
import type { RunProbes } from './run-probes.ts'
import type { TargetHost } from './target-host.ts'
import type { TargetReports } from './target-reports.ts'
import type { Task } from './task-runner.ts'

/** The target as each test wants it: with its limits, its variant, behind its links, on the data that it begins with. */
export interface TestTarget {
  /** The links of the first test. */
  readonly proxyTask: Task
  readonly task: Task
  /** Keeps the data as `setup` has left it. */
  readonly keepTask: Task
  /** Starts the target afresh where the test asks for it. */
  beforeTest(test: TestSpec): Promise<void>
  /** Of a target that died. */
  restart(): Promise<void>
}

export interface TestTargetOptions {
  readonly spec: PlanSpec
  readonly target: Pick<TargetHost, 'start' | 'stop'>
  readonly links: Pick<RunLinks, 'use' | 'close'>
  readonly services: Readonly<Record<string, RunningService>>
  readonly kept: KeptData
  readonly reports: Pick<TargetReports, 'startsAfresh'>
  readonly probes: Pick<RunProbes, 'renewed'>
  readonly preload: () => PreloadHost | undefined
}

export function createTestTarget(options: TestTargetOptions): TestTarget {
  const { spec, target, links, services, kept, reports, probes, preload } = options
  /** What it runs with, or will be started with. */
  let now = settingsOf(spec.tests[0])
  let testsOnThisTarget = 0

  const start = async (): Promise<void> => {
    testsOnThisTarget = 0
    reports.startsAfresh()
    await target.start({ limits: now.limits, preload: preload(), env: now.env })
  }

  return {
    proxyTask: {
      title: 'proxy',
      setup: async () => {
        await links.use(now.links)
        return () => links.close()
      },
    },
    task: {
      title: 'target',
      setup: async () => {
        await start()
        return () => target.stop()
      },
    },
    keepTask: {
      title: 'template of the data',
      setup: async () => {
        await target.stop()
        await kept.keep()
        await start()
        return undefined
      },
    },
    async beforeTest(test) {
      const wanted = settingsOf(test)
      const isOther = !isDeepStrictEqual(toldAtStart(wanted), toldAtStart(now))
      now = wanted
      const isRestored = kept.isWanted(test)
      const restarts = (isOther || isRestored || (test.fresh && testsOnThisTarget > 0)) && spec.target?.start !== undefined
      if (restarts) await target.stop()
      if (restarts && test.fresh) await renewCommands(spec, services)
      if (isRestored) {
        await kept.restore(test)
        await probes.renewed()
      }
      kept.used()
      await links.use(wanted.links)
      if (restarts) await start()
      testsOnThisTarget += 1
    },
    async restart() {
      await target.stop()
      await start()
    },
  }
}

interface Settings {
  readonly limits: LimitsSpec | undefined
  readonly links: readonly string[]
  /** Of the variant. */
  readonly env: Readonly<Record<string, string>> | undefined
}

function settingsOf(test: TestSpec | undefined): Settings {
  return { limits: test?.limits, links: test?.links ?? [], env: test?.variant?.env }
}

/** What the target learns when it starts: of links, those that it makes itself. */
function toldAtStart({ limits, links, env }: Settings): Settings {
  return { limits, links: links.filter((name) => name !== 'target').toSorted(), env }
}

/** What a command of the plan kept in memory is of the tests before; what a database keeps stays. */
async function renewCommands(spec: PlanSpec, services: TestTargetOptions['services']): Promise<void> {
  for (const [name, { kind }] of Object.entries(spec.services))
    if (kind === 'process') await services[name]?.process?.startAfresh?.()
}
