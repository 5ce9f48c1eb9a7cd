export { breakerFindings } from './breaker-findings.ts'
export { judgeBreakerObjective } from './judge-breaker-objective.ts'
export { judgeBreaker, judgeBreakers } from './judge-breaker.ts'
