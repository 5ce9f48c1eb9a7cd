import type { FindingEntry } from './finding-entry.ts'

/** Of connection pools. */
export const poolEntries = {
  'pool-hangs': {
    title: 'Requests wait for a connection for ever',
    severity: 'critical',
    seenBy:
      'An objective `pool(NAME)`: with every connection in use, requests that need one have no answer until the clients give up or the connections are released.',
    advice:
      'Give the wait for a connection a limit of time (`connectionTimeoutMillis` of pg-pool, which has none by default; `connectionTimeout` of HikariCP) well below the time-out of the callers, and answer with 503 when it is over.',
  },
  'pool-slow-refusal': {
    title: 'Who finds no connection is told so too late',
    severity: 'warning',
    seenBy:
      'An objective `pool(NAME)`: with every connection in use, errors come later than the longest that the objectives allow, or than half of the time after which clients give up.',
    advice:
      'Shorten the wait for a connection: a caller that has waited for long has often gone, and its place in the queue was in vain.',
  },
  'pool-unbounded': {
    title: 'A connection pool has no limit of its own',
    severity: 'critical',
    seenBy:
      'An objective `pool(NAME)`: with answers held back the target opened connections until the database refused more (53300).',
    advice:
      'Set the size of the pool (`max`) so that all instances of the service together stay below `max_connections` without the reserved ones. The guide to pools says how many the load needs.',
  },
  'pool-stuck': {
    title: 'The service is not well again after its connection pool was full',
    severity: 'critical',
    seenBy:
      'An objective `pool(NAME)`: the connections are free again, and for eight seconds and more requests are not answered as before.',
    advice:
      'Look for what piled up behind the pool: requests whose callers have left and that are still worked on, retries, a queue without a bound. Drop what is older than its deadline.',
  },
  'pool-leak': {
    title: 'Connections are never given back to their pool',
    severity: 'critical',
    seenBy:
      'An objective `pool(NAME)`: the second time that every connection is asked for, fewer come into use than the first time; or some stay in use when requests are answered as before.',
    advice:
      'Release in `finally` whatever was checked out, also when the statement fails, the wait is over or the caller has left. Where a statement was given up, release the connection as broken (`client.release(true)`), so that the pool opens another.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>
