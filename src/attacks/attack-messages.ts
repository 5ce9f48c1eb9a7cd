import type { AttackSpec } from '../model/attack-spec.ts'
import type { AttackWindow } from '../model/attack-window.ts'

export type TimedAttackWindow = AttackWindow & { readonly t: number }

export interface AttackStart {
  readonly spec: AttackSpec
  readonly test: string
  /** Start of the load on the run clock. */
  readonly startSec: number
  /** The target's, as it was looked up and allowed. */
  readonly address: string
}

/** What the main thread asks of the attackers'; each `call` has one answer. */
export type ToAttackers = { readonly call: number } & AttackRequest

export type AttackRequest =
  | ({ readonly type: 'start' } & AttackStart)
  | { readonly type: 'rate'; readonly id: string; readonly perSec: number }
  | { readonly type: 'end'; readonly id: string }
  | { readonly type: 'close' }

export type FromAttackers =
  /** `closed`: connections that were open until then. */
  | { readonly type: 'done'; readonly call: number; readonly closed: number }
  | { readonly type: 'failed'; readonly call: number; readonly text: string }
  | { readonly type: 'windows'; readonly windows: readonly TimedAttackWindow[] }

export interface AttackersInit {
  /** `process.hrtime.bigint()` at second 0 of the run, as text. */
  readonly runStartNs: string
}
