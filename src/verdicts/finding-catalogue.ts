import type { Finding } from '../model/run-result.ts'
import { attackEntries } from './finding-entries-attack.ts'
import { auditEntries } from './finding-entries-audit.ts'
import { dependencyEntries } from './finding-entries-dependency.ts'
import { leakEntries } from './finding-entries-leak.ts'
import { limiterEntries } from './finding-entries-limiter.ts'
import { poolEntries } from './finding-entries-pool.ts'
import { recoveryEntries } from './finding-entries-recovery.ts'
import { resourceEntries } from './finding-entries-resource.ts'
import { watchEntries } from './finding-entries-watch.ts'
import type { FindingEntry } from './finding-entry.ts'

/**
 * Every finding that proofload can name, by its stable id. An id is never renamed: people filter and alert on it. The reference page
 * is generated from this list. The thresholds are ours (no published ones were found) unless a detector's comment cites a source.
 */
export const findingCatalogue = {
  'slow-query': {
    title: 'A database statement is slow',
    severity: 'critical',
    seenBy:
      'Statement statistics of PostgreSQL: one statement with a high mean time, or most of the database’s time, and rows read by sequential scans.',
    advice:
      'Run EXPLAIN (ANALYZE, BUFFERS) on the statement; where it scans the whole table, add an index on the columns of its WHERE, JOIN or ORDER BY.',
  },
  'cache-ineffective': {
    title: 'A cache hardly ever hits',
    severity: 'warning',
    seenBy:
      'Hit and miss counters on the target’s metrics page: most look-ups miss although the same things are asked for again and again.',
    advice:
      'Check that the cache is switched on, that its keys do not contain something unique to a request, and that entries live longer than the time between two look-ups.',
  },
  'event-loop-blocked': {
    title: 'The target’s event loop is blocked now and then',
    severity: 'critical',
    seenBy:
      'Silences: requests in flight and not a byte from any of them, while the generator was well; and the target’s own event-loop lag where its metrics page has it.',
    advice:
      'Look for synchronous work on the request path (hashing, JSON of large bodies, file reads, long loops); move it to a worker thread or cut it in pieces. A CPU profile during the load shows it.',
  },
  'pool-exhausted': {
    title: 'Requests wait for a free connection of a pool',
    severity: 'critical',
    seenBy: 'A pool’s gauge of waiting requests on the target’s metrics page above zero, with its connections all in use.',
    advice:
      'Raise the pool’s size (within what the database allows), shorten the transactions that hold connections, or shed load earlier.',
  },
  'connections-near-limit': {
    title: 'The database is close to its limit of connections',
    severity: 'warning',
    seenBy: 'Connections by state against max_connections of PostgreSQL.',
    advice:
      'Lower the sizes of the pools, share connections through a pooler, or raise max_connections together with the memory it needs.',
  },
  'lock-contention': {
    title: 'Transactions wait for locks',
    severity: 'warning',
    seenBy: 'Locks waited for in PostgreSQL during much of the judged time.',
    advice: 'Keep transactions short, take locks in one order, and avoid one hot row that everybody updates.',
  },
  ...leakEntries,
  ...resourceEntries,
  'queue-unbounded': {
    title: 'Work is accepted without a bound',
    severity: 'critical',
    seenBy:
      'A gauge of the plan whose name says that something waits (`texts.waiting`) rises through a whole part of the test, to fifty and more, and does not level off.',
    advice:
      'Bound the queue by what can be done within the time that callers wait (throughput × that time), and refuse what is beyond it at once, with a time to come back.',
  },
  ...dependencyEntries,
  ...poolEntries,
  ...limiterEntries,
  ...recoveryEntries,
  ...auditEntries,
  ...watchEntries,
  ...attackEntries,
  'target-saturated': {
    title: 'The target used all the CPU it could get',
    severity: 'warning',
    seenBy: 'The process tree at 95 % of all cores, or its busiest thread at 95 % of one core, for most of the judged time.',
    advice:
      'This is the target’s limit on this machine. Profile it under this load; a single busy thread needs more processes, busy cores need cheaper requests or more machines.',
  },
  'generator-limited': {
    title: 'The generator, not the target, set the pace',
    severity: 'warning',
    seenBy: 'Validity checks of the generator that warn or are void: its CPU, its event loop, its punctuality.',
    advice:
      'Give the generator cores of its own (another machine, or fewer cores for the target), raise --workers, or lower the load.',
  },
  'requests-lost-on-drain': {
    title: 'The target drops requests when it is asked to end',
    severity: 'critical',
    seenBy:
      'A fault `terminate` or `restart` on the target: requests in flight at the signal whose connection was reset or closed before their answer, beyond what broke before. Idempotent ones that a kept connection lost are sent again and do not count.',
    advice:
      'On SIGTERM stop accepting, finish what is in flight within a time limit, close idle connections, then exit (in Node.js: `server.close()`, and `Connection: close` on every answer from then on, or busy connections are never given up). Give the orchestrator a longer grace period than the slowest request needs.',
  },
  'requests-refused': {
    title: 'The target refuses or breaks connections',
    severity: 'critical',
    seenBy: 'Failed requests of the kinds refused, reset and closed early.',
    advice:
      'Look for a crash or restart, a full listen backlog, a limit of open files or of connections in the target or a proxy before it.',
  },
  'requests-time-out': {
    title: 'Requests time out',
    severity: 'critical',
    seenBy: 'Requests that got no answer within their time limit.',
    advice:
      'Find what they wait for: a pool, a lock, a dependency. Give dependencies time-outs shorter than the client’s, and shed load before queues grow this long.',
  },
  'server-errors': {
    title: 'The target answers with server errors',
    severity: 'critical',
    seenBy: 'Answers with a status of 500 and more.',
    advice: 'Read the target’s log at the time of the examples; the first error of a series usually is the cause.',
  },
  'rate-limited': {
    title: 'The target limits the rate',
    severity: 'warning',
    seenBy: 'Answers with status 429.',
    advice: 'If this limit is meant, test below it or let the load come from many addresses; otherwise raise it.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>

export type FindingId = keyof typeof findingCatalogue

/** A finding of the catalogue with its evidence. */
export function finding(id: FindingId, evidence: string, severity: Finding['severity'] = findingCatalogue[id].severity): Finding {
  const { title, advice } = findingCatalogue[id]
  return { id, severity, title, evidence, advice }
}
