import { noMonitor } from './monitoring/monitor.ts'
import { noBlock } from './protection/address-block.ts'
import { noAuditLog } from './protection/audit-log.ts'
import type { AddressBlock, AuditLog, Monitor, PatternDetector, RateLimiter } from './protection/contract.ts'
import { noPatterns } from './protection/patterns.ts'
import { unlimited } from './protection/rate-limiter.ts'

/** What stands between the clients and the core, and what watches. */
export interface Protections {
  readonly limiter: RateLimiter
  readonly block: AddressBlock
  readonly audit: AuditLog
  readonly patterns: PatternDetector
  readonly monitor: Monitor
}

/** A server that trusts everybody and watches nothing. */
export const unprotected: Protections = {
  limiter: unlimited,
  block: noBlock,
  audit: noAuditLog,
  patterns: noPatterns,
  monitor: noMonitor,
}
