/** What an attack did from one source address in one second; seconds without anything are not written. */
export interface AttackWindow {
  readonly kind: 'attack'
  readonly test: string
  readonly attack: string
  readonly source: string
  /** Tries begun: log-ins, requests, messages, connections. */
  readonly sent: number
  /** Tries that were served: answered without a word of blocking, or connected. */
  readonly passed: number
  /** Tries that were answered with what the plan takes for a block. */
  readonly blocked: number
  /** Refused, reset or closed without an answer, where the plan does not take that for a block. */
  readonly dropped: number
  /** Without an answer within the time for it. */
  readonly silent: number
  /** Tries that a cap left out. */
  readonly capped: number
  /** Answers by status, close codes of WebSocket, and `closed`. */
  readonly statuses: Readonly<Record<string, number>>
  /** Held connections: opened, ended by the target, and open at the end of the second. */
  readonly opened: number
  readonly ended: number
  readonly open: number
  /** How long those that the target ended had been held. */
  readonly held?: { readonly sumSec: number; readonly minSec: number; readonly maxSec: number }
  /** Age of the oldest connection that is open at the end of the second; absent: none is. */
  readonly oldestSec?: number
  readonly bytesOut: number
  readonly bytesIn: number
  /** Run clock, once a source: when it was first blocked, after this long and so many answered tries. */
  readonly firstBlock?: { readonly atSec: number; readonly afterSec: number; readonly afterTries: number }
  /** Answer times in microseconds, of an attack that compares them: of names that exist, and of names that do not. */
  readonly timed?: { readonly known: readonly number[]; readonly unknown: readonly number[] }
  /** And what these answers said, with their numbers: status and words, without names, numbers and ids. Blocks are left out. */
  readonly said?: { readonly known: Readonly<Record<string, number>>; readonly unknown: Readonly<Record<string, number>> }
}
