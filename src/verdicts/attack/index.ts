export { attackFindings } from './attack-findings.ts'
export { judgeAttackObjective } from './attack-objective.ts'
export { judgeAttacks } from './judge-attacks.ts'
