import type { AttackResult } from '../../../model/attack-result.ts'
import type { BreakerResult } from '../../../model/breaker-result.ts'
import type { LimiterResult } from '../../../model/limiter-result.ts'
import type { PoolResult } from '../../../model/pool-result.ts'
import type { RecoveryResult } from '../../../model/recovery-result.ts'
import type { Protection } from '../../faults/protections.ts'

/** What the page shows of what was broken on purpose: plain data. */
export interface PageFaults {
  readonly attacks: readonly PageAttack[]
  readonly recoveries: readonly PageRecovery[]
  readonly breakers: readonly PageBreaker[]
  readonly pools: readonly PagePool[]
  readonly limiters: readonly PageLimiter[]
  readonly audit: PageAudit | null
  readonly protections: readonly Protection[]
}

/** Lists have one value a window, in the order of `x`: seconds from the start of the load. */
export interface PageRecovery {
  readonly id: string
  /** What it came back from. */
  readonly word: 'fault' | 'attack'
  readonly verdict: RecoveryResult['verdict']
  readonly sentences: readonly string[]
  readonly fault: { readonly fromSec: number; readonly toSec: number } | null
  readonly x: readonly number[]
  readonly goodput: readonly number[]
  readonly failed: readonly number[]
  readonly p99: readonly (number | null)[]
  /** Goodput before it, and the smaller of it and the goodput, while work was lost: what lies between them was lost. */
  readonly baseline: readonly (number | null)[]
  readonly floor: readonly (number | null)[]
  readonly marks: readonly { readonly label: string; readonly sec: number }[]
  readonly stages: readonly { readonly label: string; readonly value: string; readonly from: string; readonly note: string }[]
}

export interface PageAttack {
  readonly verdict: AttackResult['verdict']
  /** Its name, then the figures of `attackHeadings`. */
  readonly cells: readonly string[]
  readonly sentences: readonly string[]
}

export interface PageBreaker {
  readonly link: string
  readonly verdict: BreakerResult['verdict']
  readonly word: 'pass' | 'fail' | 'unknown'
  readonly reason: string
  readonly facts: readonly string[]
  readonly states: BreakerResult['states']
  readonly tests: BreakerResult['tests']
  /** What crossed the link, a second: for the plot below the states. */
  readonly calls: readonly (number | null)[]
  readonly x: readonly number[]
}

export interface PagePool {
  readonly link: string
  readonly verdict: PoolResult['verdict']
  readonly word: 'pass' | 'fail' | 'unknown'
  readonly reason: string
  readonly facts: readonly string[]
  readonly tests: PoolResult['tests']
  /** While the pool was full. */
  readonly endpoints: readonly {
    readonly name: string
    readonly outcome: string
    readonly usual: string
    readonly good: string
  }[]
  readonly steps: readonly { readonly left: string; readonly goodput: string; readonly p95: string; readonly isBorne: boolean }[]
  /** Times in which connections were held. */
  readonly held: readonly { readonly label: string; readonly fromSec: number; readonly toSec: number }[]
  /** Connections, in each second: in use on average, and open at its end. */
  readonly x: readonly number[]
  readonly busy: readonly number[]
  readonly open: readonly number[]
}

export interface PageLimiter {
  readonly name: string
  readonly verdict: LimiterResult['verdict']
  readonly word: 'pass' | 'fail' | 'unknown'
  readonly reason: string
  readonly facts: readonly string[]
  readonly tests: LimiterResult['tests']
  /** Let through by then, in seconds from the first request of the probe; and by the line N(t) = B + R t. */
  readonly x: readonly number[]
  readonly accepted: readonly number[]
  readonly line: readonly (number | null)[]
  readonly lineLabel: string
}

export interface PageAudit {
  readonly verdict: 'PASS' | 'FAIL' | 'UNKNOWN'
  readonly sentence: string
  readonly rows: readonly {
    readonly what: string
    readonly count: number
    readonly share: string
    readonly ids: readonly string[]
    readonly more: number
    readonly evidence: string
  }[]
}
