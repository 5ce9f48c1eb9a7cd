import type { AddressBlock, AuditLog, Monitor, PatternDetector, RateLimiter } from './protection/contract.ts'
import { unlimited } from './protection/rate-limiter.ts'

/** What stands between the clients and the core, and what watches. */
export interface Protections {
  readonly limiter: RateLimiter
  readonly block: AddressBlock
  readonly audit: AuditLog
  readonly patterns: PatternDetector
  readonly monitor: Monitor
}

const nothing = (): void => undefined

/** A server that trusts everybody and watches nothing: what each protection costs is measured against its part of this. */
export const unprotected: Protections = {
  limiter: unlimited,
  block: { isBlocked: () => false, blockedForSec: () => 0, failed: nothing, succeeded: nothing },
  audit: { note: nothing, close: () => Promise.resolve() },
  patterns: { look: () => [], lookAtLogIn: () => [] },
  monitor: {
    request: nothing,
    connected: nothing,
    disconnected: nothing,
    messageIn: nothing,
    messageOut: nothing,
    command: nothing,
    refused: nothing,
    gauge: nothing,
  },
}
