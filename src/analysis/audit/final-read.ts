import type { AuditFound } from '../../model/audit-record.ts'
import { CheckSums } from './check-sums.ts'

export interface Found {
  readonly count: number
  readonly version: number | undefined
}

/** Ids that one function of the plan may give: what is beyond is counted only. */
const mostFound = 2_000_000

/** What one function of the plan said about what is there. */
export class FinalRead {
  readonly found = new Map<string, Found>()
  readonly totals = new Map<string, { readonly value: number; readonly from: number }>()
  readonly checks = new CheckSums()
  /** Ids beyond what is kept. */
  beyond = 0
  /** It said how many ids it read; null: it read none, undefined: it has not come to its end. */
  ids: number | null | undefined
  error: string | undefined

  add(one: AuditFound): void {
    const { id, count = 1, version } = typeof one === 'string' ? { id: one } : one
    const known = this.found.get(id)
    if (known === undefined && this.found.size >= mostFound) {
      this.beyond++
      return
    }
    this.found.set(id, { count: (known?.count ?? 0) + count, version: later(known?.version, version) })
  }

  /** Ids were read, without a break and to the end: what is not among them is not there. */
  get isComplete(): boolean {
    return typeof this.ids === 'number' && this.error === undefined && this.beyond === 0
  }
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a
}
