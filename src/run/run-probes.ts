import type { PlanSpec } from '../model/plan-spec.ts'
import type { Probe, ProbeContext } from '../probes/index.ts'
import { createProbes } from '../probes/index.ts'
import { startProbeLoop } from './probe-loop.ts'
import type { Session } from './session.ts'
import type { Task } from './task-runner.ts'

/** The probes of a run. */
export interface RunProbes {
  readonly task: Task
  /** None before they are set up. */
  all(): readonly Probe[]
  /** The data behind them is another. */
  renewed(): Promise<void>
  /** Writes down what they learned during the test. */
  takeFacts(): Promise<void>
}

export interface RunProbesOptions extends Pick<ProbeContext, 'folder' | 'targetPid' | 'breaksNow' | 'scraped'> {
  readonly spec: PlanSpec
  readonly session: Session
  readonly services: () => ProbeContext['services']
}

export function createRunProbes({ spec, session, services, ...context }: RunProbesOptions): RunProbes {
  let probes: readonly Probe[] = []
  return {
    task: {
      title: 'probes',
      setup: async () => {
        const url = spec.target?.url
        const created = await createProbes(spec.probes, {
          ...context,
          ...(url === undefined ? {} : { targetUrl: url }),
          services: services(),
        })
        probes = created.probes
        for (const { probe, reason } of created.unavailable) session.emit({ kind: 'probe-unavailable', probe, reason })
        const units = Object.assign({}, ...probes.map((probe) => probe.units)) as Record<string, string> // units are records of strings
        session.emit({ kind: 'probe-units', units })
        const stopLoop = startProbeLoop(probes, session)
        return async () => {
          await stopLoop()
          await Promise.all(probes.map((probe) => probe.stop()))
        }
      },
    },
    all: () => probes,
    async renewed() {
      for (const probe of probes) await probe.renewed?.()
    },
    async takeFacts() {
      for (const probe of probes) {
        const facts = (await probe.facts?.().catch(() => [])) ?? []
        for (const { fact, value } of facts) session.emit({ kind: 'probe-fact', probe: probe.name, fact, value })
      }
    },
  }
}
