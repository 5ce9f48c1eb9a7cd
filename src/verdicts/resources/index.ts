export { judgeResources } from './judge-resources.ts'
export { isToBeGivenBack, limitsOf } from './limited-resources.ts'
export { resourceFindings } from './resource-findings.ts'
export { faultsActive } from './faults-active.ts'
