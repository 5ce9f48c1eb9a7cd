import { messageOf } from '../base/errors.ts'
import type { ProbeSpec } from '../model/plan-spec.ts'
import type { Probe, ProbeContext, UnavailableProbe } from './probe.ts'

/** Starts every probe that can work here; of the others it tells why they cannot. */
export async function createProbes(
  specs: readonly ProbeSpec[],
  context: ProbeContext,
): Promise<{ probes: Probe[]; unavailable: UnavailableProbe[] }> {
  const probes: Probe[] = []
  const unavailable: UnavailableProbe[] = []
  await Promise.all(
    specs.map(async (spec) => {
      try {
        probes.push(await createProbe(spec, context))
      } catch (thrown) {
        unavailable.push({ probe: spec.kind, reason: messageOf(thrown) })
      }
    }),
  )
  return { probes, unavailable }
}

function createProbe(spec: ProbeSpec, { runDir }: ProbeContext): Promise<Probe> {
  return Promise.reject(new Error(`${spec.kind} is not built yet for ${runDir}`))
}
