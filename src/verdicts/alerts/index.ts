export { alertFindings } from './alert-findings.ts'
export { judgeAlertObjective } from './alert-objective.ts'
export { judgeAlerts } from './judge-alerts.ts'
