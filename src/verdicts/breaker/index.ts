export { judgeBreaker, judgeBreakers } from './judge-breaker.ts'
