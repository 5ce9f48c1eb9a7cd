export { faultStretches } from './fault-stretches.ts'
export { withRecovery } from './judge-recovery.ts'
export { judgeRecoveryObjective } from './recovery-objective.ts'
export { recoveryFindings } from './recovery-findings.ts'
