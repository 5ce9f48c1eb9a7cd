import type { FromThread } from '../base/thread-calls.ts'
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

/** What the main thread asks of the attackers'. */
export type AttackRequest =
  | ({ readonly type: 'start' } & AttackStart)
  | { readonly type: 'rate'; readonly id: string; readonly perSec: number }
  | { readonly type: 'end'; readonly id: string }
  | { readonly type: 'close' }

/** The answer to a call: connections that were open until then. */
export type FromAttackers = FromThread<number, readonly TimedAttackWindow[]>

export interface AttackersInit {
  /** `process.hrtime.bigint()` at second 0 of the run, as text. */
  readonly runStartNs: string
}
