export { judgeMonitor, withoutLateTimes } from './judge-monitor.ts'
export { judgeMonitorObjective } from './monitor-objective.ts'
export { monitorFindings } from './monitor-findings.ts'
