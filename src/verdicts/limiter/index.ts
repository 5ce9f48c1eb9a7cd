export { judgeLimiter, judgeLimiters } from './judge-limiter.ts'
export { judgeLimiterObjective } from './judge-limiter-objective.ts'
export { limiterFindings } from './limiter-findings.ts'
