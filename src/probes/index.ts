export { createProbes } from './create-probes.ts'
export type { StatementFact, StatementsFact } from './postgres-statements.ts'
export type { TableFact } from './postgres-tables.ts'
export type { Probe, ProbeContext, ProbeFact, UnavailableProbe } from './probe.ts'
