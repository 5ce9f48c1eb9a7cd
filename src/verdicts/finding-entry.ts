import type { Finding } from '../model/run-result.ts'

export interface FindingEntry {
  readonly title: string
  readonly severity: Finding['severity']
  /** What it is seen by, for the reference page. */
  readonly seenBy: string
  readonly advice: string
}
