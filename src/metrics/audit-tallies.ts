import { createHash } from 'node:crypto'
import type { AuditContext, AuditId } from '../model/audit-context.ts'
import type { AuditChecks, AuditTally } from '../model/audit-record.ts'
import { otherName } from './recorder.ts'

const mostExamples = 5
const longestExample = 200
const mostInvariants = 1000

class Tally implements AuditTally {
  count = 0
  broken = 0
  readonly examples: string[] = []

  add(holds: boolean, example: () => string): void {
    this.count++
    if (holds) return
    this.broken++
    if (this.examples.length < mostExamples) this.examples.push(shortened(example()))
  }
}

/** Conditions of the audit that were looked at, counted until the next {@link AuditTallies.take}; their functions are properties, because plans take them apart. */
export class AuditTallies implements Pick<AuditContext, 'echo' | 'checksum' | 'intact' | 'invariant'> {
  #echoes = new Tally()
  #payloads = new Tally()
  #invariants = new Map<string, Tally>()

  readonly echo = (expected: AuditId, got: unknown): boolean => {
    const holds = textOf(got) === String(expected)
    this.#echoes.add(holds, () => `asked for ${String(expected)}, got ${textOf(got)}`)
    return holds
  }

  readonly checksum = (payload: string | Uint8Array): string => createHash('sha256').update(payload).digest('hex')

  readonly intact = (id: AuditId, payload: string | Uint8Array, checksum: string): boolean => {
    const holds = this.checksum(payload) === checksum
    this.#payloads.add(holds, () => String(id))
    return holds
  }

  readonly invariant = (name: string, holds: boolean, seen?: unknown): boolean => {
    const known = this.#invariants.has(name) || this.#invariants.size < mostInvariants
    const key = known ? name : otherName
    const tally = this.#invariants.get(key) ?? new Tally()
    this.#invariants.set(key, tally)
    // A plan without types may pass anything: what is truthy holds.
    const passed = holds ? true : false
    tally.add(passed, () => (seen === undefined ? 'it did not hold' : textOf(seen)))
    return passed
  }

  take(): AuditChecks {
    const [echoes, payloads, invariants] = [this.#echoes, this.#payloads, this.#invariants]
    this.#echoes = new Tally()
    this.#payloads = new Tally()
    this.#invariants = new Map()
    return {
      ...(echoes.count > 0 ? { echoes } : {}),
      ...(payloads.count > 0 ? { payloads } : {}),
      ...(invariants.size > 0 ? { invariants: Object.fromEntries(invariants) } : {}),
    }
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  // Undefined and functions have no JSON.
  const json = typeof value === 'bigint' ? undefined : (JSON.stringify(value) as string | undefined)
  return json ?? String(value)
}

function shortened(text: string): string {
  return text.length > longestExample ? `${text.slice(0, longestExample - 1)}…` : text
}
