export { detectLeak, judgeAfterLoad } from './leak.ts'
export type { LeakOptions, LeakVerdict, ResourceReading } from './leak.ts'
