import type { AuditChanges, AuditChecks, AuditSum, AuditTally } from '../../model/audit-record.ts'

const mostExamples = 20

/** Conditions of an audit, added up over seconds, workers and the plan's own functions. */
export class CheckSums {
  echoes: AuditTally = none
  payloads: AuditTally = none
  readonly invariants = new Map<string, AuditTally>()

  add({ echoes, payloads, invariants = {} }: AuditChecks): void {
    if (echoes !== undefined) this.echoes = sumOfTallies(this.echoes, echoes)
    if (payloads !== undefined) this.payloads = sumOfTallies(this.payloads, payloads)
    for (const [name, tally] of Object.entries(invariants))
      this.invariants.set(name, sumOfTallies(this.invariants.get(name) ?? none, tally))
  }

  addAll(other: CheckSums): void {
    this.add({ echoes: other.echoes, payloads: other.payloads, invariants: Object.fromEntries(other.invariants) })
  }
}

const none: AuditTally = { count: 0, broken: 0, examples: [] }

function sumOfTallies(a: AuditTally, b: AuditTally): AuditTally {
  return {
    count: a.count + b.count,
    broken: a.broken + b.broken,
    examples: [...a.examples, ...b.examples].slice(0, mostExamples),
  }
}

export function sumOfChanges(a: AuditChanges | undefined, b: AuditChanges): AuditChanges {
  if (a === undefined) return b
  return {
    begun: sumOf(a.begun, b.begun),
    acknowledged: sumOf(a.acknowledged, b.acknowledged),
    failed: sumOf(a.failed, b.failed),
    largest: Math.max(a.largest, b.largest),
  }
}

function sumOf(a: AuditSum, b: AuditSum): AuditSum {
  return { count: a.count + b.count, up: a.up + b.up, down: a.down + b.down }
}
