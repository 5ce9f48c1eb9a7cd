import type { AuditChanges } from '../../model/audit-record.ts'

export interface CounterBounds {
  readonly name: string
  readonly low: number
  readonly high: number
  /** Null: nobody said what it holds. */
  readonly value: number | null
  /** `missing`: acknowledged changes are not in it; `excess`: more than was attempted is; `outside`: it was changed in both directions, and nobody can tell. */
  readonly verdict: 'within' | 'missing' | 'excess' | 'outside' | 'unknown'
  /** The least number of changes that explains it. */
  readonly changes: number
}

/** What a counter may hold: all that was acknowledged, with or without each change that may have happened. */
export function boundsOf(
  name: string,
  changes: AuditChanges,
  total: { readonly value: number; readonly from: number } | undefined,
): CounterBounds {
  const { begun, acknowledged, failed, largest } = changes
  const before = total?.from ?? 0
  // Sums of decimal fractions differ in their last digits by the order of adding.
  const slack = 1e-9 * Math.max(1, Math.abs(before), begun.up, -begun.down)
  const sure = before + acknowledged.up + acknowledged.down
  const low = sure + Math.min(0, begun.down - acknowledged.down - failed.down)
  const high = sure + Math.max(0, begun.up - acknowledged.up - failed.up)
  if (total === undefined) return { name, low, high, value: null, verdict: 'unknown', changes: 0 }
  const { value } = total
  const off = value < low - slack ? value - low : value > high + slack ? value - high : 0
  const common = { name, low, high, value }
  if (off === 0) return { ...common, verdict: 'within', changes: 0 }
  const count = largest > 0 ? Math.ceil(Math.abs(off) / largest - 1e-9) : 0
  if (begun.up > 0 && begun.down < 0) return { ...common, verdict: 'outside', changes: count }
  const grows = begun.down === 0
  return { ...common, verdict: off < 0 === grows ? 'missing' : 'excess', changes: count }
}
