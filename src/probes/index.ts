export { createProbes } from './create-probes.ts'
export type { Probe, ProbeContext, ProbeFact, UnavailableProbe } from './probe.ts'
