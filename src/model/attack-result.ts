import type { AttackKind } from './attack-spec.ts'
import type { RecoveryResult } from './recovery-result.ts'

/** What an attack did, and what the target and its legitimate users made of it. Times in seconds from the start of the load. */
export interface AttackResult {
  readonly id: string
  readonly kind: AttackKind
  /** `127.0.0.1:8080`. */
  readonly target: string
  /** Null when it never came to be. */
  readonly at: number | null
  readonly until: number | null
  readonly evidence: string
  readonly verdict: 'PASS' | 'FAIL' | 'UNKNOWN'
  readonly reason: string
  readonly sources: number
  readonly tries: AttackTries
  /** Null where nothing was tried. */
  readonly block: AttackBlock | null
  /** Of an attack that holds connections. */
  readonly connections: AttackConnections | null
  readonly legitimate: LegitimateUsers
  /** Whether legitimate users had less than half of their goodput for three seconds in a row; null: there was nothing to compare with. */
  readonly denied: boolean | null
  readonly recovery?: RecoveryResult
  readonly search?: AttackSearchResult
  readonly enumeration?: EnumerationResult
  readonly audit?: AttackAudit
}

export interface AttackTries {
  readonly sent: number
  readonly passed: number
  readonly blocked: number
  readonly dropped: number
  readonly silent: number
  /** Left out by a cap, or for want of a socket of our own. */
  readonly capped: number
  readonly statuses: Readonly<Record<string, number>>
}

export interface AttackBlock {
  /** Sources that were blocked at least once, and their share. */
  readonly sources: number
  readonly share: number
  /** From the first try of a source to its first block: of the quickest source, and of the median one (null: it was never blocked). */
  readonly firstSec: number | null
  readonly medianSec: number | null
  /** Tries of a source that were answered before its block: median of the blocked sources. */
  readonly triesBefore: number | null
  /** Of the tries of blocked sources in the seconds after their block: served all the same. */
  readonly passedAfter: number | null
}

export interface AttackConnections {
  readonly opened: number
  readonly mostOpen: number
  /** Ended by the target, and how long it had held them. */
  readonly ended: number
  readonly held: { readonly minSec: number; readonly meanSec: number; readonly maxSec: number } | null
  /** `refused`: hardly one was let in; `closed`: the target ends them; `kept`: it kept them as long as the attack lasted. */
  readonly outcome: 'refused' | 'closed' | 'kept'
  /** The longest that one was held: a bound where it was still open at the end of the attack. */
  readonly heldSec: number
  readonly isBound: boolean
}

export interface LegitimateUsers {
  readonly before: LegitimateStretch | null
  readonly during: LegitimateStretch | null
  readonly after: LegitimateStretch | null
  /** Answers that say that a user is blocked: during the attack, and as a share of all beyond what there was before it. */
  readonly blocked: number
  readonly blockedShare: number | null
  /** Goodput during the attack as a share of what it would have been, with the 95 % interval over its seconds. */
  readonly goodput: { readonly share: number; readonly low: number; readonly high: number; readonly worst: number } | null
  /** p95 during the attack as a multiple of the one before. */
  readonly p95Ratio: number | null
}

export interface LegitimateStretch {
  readonly fromSec: number
  readonly toSec: number
  readonly goodPerSec: number
  readonly errorRate: number
  readonly p95Ms: number | null
}

export interface AttackSearchResult {
  readonly steps: readonly { readonly perSec: number; readonly goodput: number | null; readonly denied: boolean }[]
  /** Smallest rate that denied service; null: none did. */
  readonly deniesAt: number | null
  /** Largest rate below it that did not. */
  readonly bears: number | null
}

export interface EnumerationResult {
  readonly verdict: 'yes' | 'no' | 'unknown'
  readonly reason: string
  /** What tells a name that exists from one that does not; empty: nothing does. */
  readonly by: readonly ('status' | 'words' | 'time')[]
  /** Answers whose times were compared. */
  readonly known: number
  readonly unknown: number
  /** Median answer time of a name that exists minus that of one that does not. */
  readonly differenceMs: number | null
  /** Mann-Whitney, two-sided. */
  readonly p: number | null
  /** Share of pairs in which the name that exists is answered later (Vargha and Delaney's A): 0.5 when nothing tells them apart. */
  readonly effect: number | null
  /** The answer that tells most: which share of each kind of name was given it. Null where no answers were compared. */
  readonly answer: { readonly says: string; readonly known: number; readonly unknown: number } | null
}

/** Failed log-ins that the target should have noted, and those that it has. */
export interface AttackAudit {
  readonly verdict: 'PASS' | 'FAIL' | 'UNKNOWN'
  readonly reason: string
  /** Answered and refused: each has to be noted. */
  readonly refused: number
  readonly noted: number | null
  readonly share: number | null
}
