import type { AuditChanges } from '../../model/audit-record.ts'

interface Sum {
  count: number
  up: number
  down: number
}

/** The changes of one counter in one second, added up. */
export class Changes implements AuditChanges {
  readonly begun: Sum = { count: 0, up: 0, down: 0 }
  readonly acknowledged: Sum = { count: 0, up: 0, down: 0 }
  readonly failed: Sum = { count: 0, up: 0, down: 0 }
  largest = 0

  add(to: 'begun' | 'acknowledged' | 'failed', amount: number): void {
    const sum = this[to]
    sum.count++
    if (amount > 0) sum.up += amount
    else sum.down += amount
    this.largest = Math.max(this.largest, Math.abs(amount))
  }
}
