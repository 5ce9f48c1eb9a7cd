export {
  awayFromBaseline,
  backShare,
  baselineOf,
  failsForCertain,
  hasRecovered,
  nextTrials,
  searchOptions,
} from './capacity/index.ts'
export { searchSoFar, workKindOf } from './capacity/index.ts'
export type { Baseline, SearchSoFar, WorkKind } from './capacity/index.ts'
export { judgeRun } from './judge-run.ts'
export { createStopMonitor, hostGuards } from './stop-monitor.ts'
export type { Alarm, StopMonitor, StopMonitorOptions } from './stop-monitor.ts'
export { createThresholdWatch } from './threshold-watch.ts'
export { findingCatalogue } from './finding-catalogue.ts'
export type { FindingId } from './finding-catalogue.ts'
export type { FindingEntry } from './finding-entry.ts'
export { formatValue } from './format-value.ts'
export { worstExitCode } from './verdict.ts'
export { resources } from './saturation/index.ts'
export { isToBeGivenBack } from './resources/index.ts'
