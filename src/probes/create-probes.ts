import { messageOf } from '../base/errors.ts'
import type { ProbeSpec } from '../model/plan-spec.ts'
import { createHostProbe } from './host.ts'
import { createMetricsPageProbe } from './metrics-page.ts'
import { createPostgresProbe } from './postgres.ts'
import type { Probe, ProbeContext, UnavailableProbe } from './probe.ts'
import { createProcessProbe } from './process.ts'
import { createReadinessProbe } from './readiness.ts'
import { limitProbe } from './sampler.ts'

/** Starts every probe that can work here; of the others, and of what a probe cannot see, it tells why. */
export async function createProbes(
  specs: readonly ProbeSpec[],
  context: ProbeContext,
): Promise<{ probes: Probe[]; unavailable: UnavailableProbe[] }> {
  const probes: Probe[] = []
  const unavailable: UnavailableProbe[] = []
  await Promise.all(
    specs.map(async (spec) => {
      try {
        const probe = limitProbe(await createProbe(spec, context))
        probes.push(probe)
        for (const reason of probe.limitations ?? []) unavailable.push({ probe: probe.name, reason })
      } catch (thrown) {
        unavailable.push({ probe: nameOf(spec), reason: messageOf(thrown) })
      }
    }),
  )
  return { probes, unavailable }
}

function createProbe(spec: ProbeSpec, context: ProbeContext): Promise<Probe> {
  switch (spec.kind) {
    case 'process':
      return createProcessProbe(spec, context)
    case 'host':
      return createHostProbe(spec, context)
    case 'postgres':
      return createPostgresProbe(spec, context)
    case 'metrics-page':
      return createMetricsPageProbe(spec, context)
    case 'readiness':
      return createReadinessProbe(spec, context)
  }
}

/** As the probe itself would be called. */
function nameOf(spec: ProbeSpec): string {
  switch (spec.kind) {
    case 'process':
      return 'target'
    case 'host':
      return 'host'
    case 'postgres':
      return spec.service
    case 'metrics-page':
      return spec.name
    case 'readiness':
      return 'readiness'
  }
}
