export { heldStretches, takenStretches } from './held-stretches.ts'
export { judgePoolObjective } from './judge-pool-objective.ts'
export { judgePool, judgePools } from './judge-pool.ts'
export { poolFindings } from './pool-findings.ts'
