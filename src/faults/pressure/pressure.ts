import { readFileSync } from 'node:fs'
import type { Availability, Proof } from '../fault.ts'

/** A process that holds a resource. */
export interface Holder {
  readonly pid: number
  /** Resident memory before it began: that of the runtime alone. */
  readonly ownBytes: number
}

export interface Seen {
  readonly holders: readonly Holder[]
  /** The fault's own folder, where it has one. */
  readonly folder: string | undefined
}

/** Where a holder works. */
export interface Hold {
  /** From 0, of as many holders as `processes` says. */
  readonly index: number
  readonly folder: string | undefined
}

/** Taking a resource of the machine: the one half runs in processes of its own (`hold`), the other looks at them from outside. */
export interface Pressure {
  /** Holders that share the work. */
  readonly processes: number
  /** Folder in which the fault makes one of its own. */
  readonly dir?: string
  probe(): Availability
  /** In a holder: takes the resource, bit by bit, never blocking for long. What it returns gives back what the end of the process does not. */
  hold(place: Hold): () => void
  verify(seen: Seen): Promise<Proof>
}

export const available: Availability = { state: 'available', reason: '' }

export function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
