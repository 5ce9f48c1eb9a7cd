import type { Finding } from '../model/run-result.ts'
import { attackEntries } from './finding-entries-attack.ts'
import { limiterEntries } from './finding-entries-limiter.ts'
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
  'memory-growth': {
    title: 'The target’s memory keeps growing',
    severity: 'warning',
    seenBy:
      'The lows of resident memory rise through the whole judged time. A hint, not a proof: caches that fill up look the same in a short run.',
    advice:
      'Run it for longer at the same load. If growth goes on in proportion to the requests, take two heap snapshots and compare them.',
  },
  'memory-leak': {
    title: 'The target leaks memory',
    severity: 'critical',
    seenBy:
      'What the garbage collector leaves rises with every request, steadily and beyond chance, and does not level off (Node’s old space where the metrics page has it, else the lows of resident memory).',
    advice:
      'Take two heap snapshots under this load, some minutes apart, and compare them by growth: look for maps, arrays, listeners and closures to which every request adds something that nothing removes.',
  },
  'file-leak': {
    title: 'The target leaks open files',
    severity: 'critical',
    seenBy: 'Open descriptors of the target that are not sockets rise with the requests and do not level off.',
    advice:
      'List /proc/PID/fd to see which files stay open. Close them in a finally block, on every path: early returns, errors and aborted requests are the usual holes.',
  },
  'socket-leak': {
    title: 'The target leaks sockets',
    severity: 'critical',
    seenBy:
      'Sockets that no client holds open (to dependencies, or in CLOSE_WAIT) rise with the requests, beyond what was ever in flight at once.',
    advice:
      'Run ss -tanp for the target: CLOSE_WAIT means that it never closes what the peer has closed; ESTABLISHED to a dependency means clients that are made anew for each request. Use one client with a bounded pool.',
  },
  'thread-leak': {
    title: 'The target leaks threads',
    severity: 'critical',
    seenBy: 'Threads of the target rise with the requests and do not level off.',
    advice: 'Use a pool of fixed size instead of a thread or worker for each request, and end what is no longer needed.',
  },
  'connection-leak': {
    title: 'The target leaks database connections',
    severity: 'critical',
    seenBy: 'Connections to PostgreSQL rise with the requests and do not level off as a pool does that fills up.',
    advice:
      'Give every connection back in a finally block, also after errors and time-outs, and use one pool a process instead of one a request.',
  },
  'files-exhausted': {
    title: 'The target does not bear running out of files',
    severity: 'critical',
    seenBy:
      'A limit on open files (`limits`) or pressure after which the target died, hangs, does not recover or keeps its files; or EMFILE in the output of a target that nobody limited.',
    advice:
      'Close what is opened on every path, also after errors; refuse work (503, Retry-After) before the limit; and set the limit of the service well above what its connections and files need.',
  },
  'memory-exhausted': {
    title: 'The target does not bear running out of memory',
    severity: 'critical',
    seenBy:
      'A limit on memory (`limits`) or pressure after which the target died, hangs or does not recover; or an out-of-memory error in the output of a target that nobody limited.',
    advice:
      'Bound what is kept a request and in caches and queues, refuse work before the limit, and give the process a limit that it knows of (for Node.js: --max-old-space-size below that of its container).',
  },
  'cpu-not-borne': {
    title: 'The target does not bear a lack of processor time',
    severity: 'critical',
    seenBy: 'A limit on cores (`limits`) or processor pressure after which the target died, hangs or does not recover.',
    advice:
      'Look for queues and retries that grow while it is slow: bound them, give work a deadline, and refuse what cannot be done in time.',
  },
  'disk-full': {
    title: 'The target does not bear a disk without room',
    severity: 'critical',
    seenBy:
      'A limit on the size of files (`limits`) or pressure on the disk after which the target died, hangs or does not recover; or ENOSPC or EFBIG in the output of a target that nobody limited.',
    advice:
      'Handle the failed write where it happens: answer with an error that says so, drop or rotate what can be dropped, and go on when there is room again.',
  },
  'processes-exhausted': {
    title: 'The target does not bear a limit of processes',
    severity: 'critical',
    seenBy: 'A limit on processes (`limits`) after which the target died, hangs or does not recover.',
    advice: 'Use a pool of processes or threads of a fixed size, and queue or refuse work beyond it.',
  },
  'queue-unbounded': {
    title: 'Work is accepted without a bound',
    severity: 'critical',
    seenBy:
      'A gauge of the plan whose name says that something waits (`texts.waiting`) rises through a whole part of the test, to fifty and more, and does not level off.',
    advice:
      'Bound the queue by what can be done within the time that callers wait (throughput × that time), and refuse what is beyond it at once, with a time to come back.',
  },
  'retry-storm': {
    title: 'Refused calls are repeated faster than they can be taken',
    severity: 'critical',
    seenBy:
      'Counters of the plan for a dependency (`NAME.calls`, `.completed`, `.failed`, `.refused`): more than four refusals for each call that it took. Or the calls on a link of our proxy: while nearly all of them fail, more than four times as many for each iteration as when it is well.',
    advice:
      'Wait as long as the refusal says (Retry-After), then with a jittered, growing back-off; give up after a few attempts, and limit the retries of a process to a share of its calls.',
  },
  'breaker-absent': {
    title: 'A dependency that is down is asked again and again',
    severity: 'critical',
    seenBy:
      'The same counters, or the calls on a link of our proxy: while all that a dependency answers are failures, it gets at least half as many calls for each iteration as when it is well. Or an objective `breaker(NAME)`: every call fails, and the calls go on.',
    advice:
      'Put a circuit breaker before the dependency: it opens after a share of failures, answers at once meanwhile, and lets one call try now and then.',
  },
  'timeout-absent': {
    title: 'Calls to a dependency have no time-out',
    severity: 'critical',
    seenBy:
      'A fault on the way to a dependency that speaks HTTP or is a PostgreSQL: at least three calls stay open for five seconds and more, up to the end of the fault, hardly any ends before, and requests of users wait as long or run out of time.',
    advice:
      'Give each call a limit of time for the whole answer, shorter than what its callers wait for; when it is over, close the connection and free what the call holds (a place in a pool, a lock). Only then can a retry or a circuit breaker do its work.',
  },
  'breaker-defective': {
    title: 'A circuit breaker does not do what it is there for',
    severity: 'critical',
    seenBy:
      'An objective `breaker(NAME)`, whose tests from outside have shown a defect: it is named in the evidence. A warning where calls are stopped and come again, and only the rest is wrong.',
    advice:
      'The guide to circuit breakers says what each verdict means and what to change. Mostly it is one setting: a time-out for the probe as for any call, one probe at a time, 4xx no failure.',
  },
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
  ...limiterEntries,
  'metastable-failure': {
    title: 'It stays down although what brought it down is gone',
    severity: 'critical',
    seenBy:
      'A fault that was undone, and at the same load in the last third of the time after it less than half of the goodput, with no trend to the better of goodput, latency or requests in flight.',
    advice:
      'Something keeps the load above what is left of the capacity: retries without a budget, work on what nobody waits for any more, a cache that never fills. Limit retries to a share of the calls, drop what is older than its deadline, shed load; to get it back now, take the load down below the load of escape.',
  },
  'slow-recovery': {
    title: 'It comes back only slowly after a fault',
    severity: 'warning',
    seenBy: 'A fault that was undone, no recovery to the end of the load, and a trend to the better.',
    advice:
      'Find what has piled up: queues that are worked through from the oldest on, connections that are opened one by one, a cache that fills. Drop what is older than its deadline, bound the queues, warm up before traffic is taken.',
  },
  'no-recovery': {
    title: 'It is not well again after a fault',
    severity: 'critical',
    seenBy:
      'A fault that was undone, and no five good seconds in a row for ten seconds (a warning) or thirty (critical) after it.',
    advice:
      'Read its log from the end of the fault on: connections that are dead and still used, a pool that keeps broken ones, a breaker that never tries again, a process that did not come back.',
  },
  'lost-write': {
    title: 'Writes that were acknowledged are gone',
    severity: 'critical',
    seenBy:
      'Audit (`audit.write`): ids whose write was acknowledged and that the final read does not show. A write without an answer may or may not have happened, and is none of them.',
    advice:
      'Acknowledge only what survives a crash: after the commit or the fsync, not when it is in a cache or a queue in memory. Look at what was acknowledged last before the process ended.',
  },
  'lost-update': {
    title: 'Changes that were acknowledged were overwritten',
    severity: 'critical',
    seenBy:
      'Audit: a counter (`audit.add`) that holds less of its changes than were acknowledged, or a value whose version is older than one that was acknowledged.',
    advice:
      'Do not read a value, change it in the program and write it back: change it in one statement (UPDATE … SET stock = stock - 1), lock the row (SELECT … FOR UPDATE), or compare its version when writing.',
  },
  'duplicate-effect': {
    title: 'One request took effect more than once',
    severity: 'critical',
    seenBy: 'Audit: an id that the final read shows more than once, or a counter that holds more changes than were attempted.',
    advice:
      'Give each request a key of its own (Idempotency-Key) that a unique index guards, so that its repetition finds the first one’s answer; retry only what may be repeated.',
  },
  'phantom-write': {
    title: 'Something is there that nobody wrote, or that was refused',
    severity: 'critical',
    seenBy:
      'Audit: ids of the final read that no scenario attempted and that `setup` did not find, or whose every attempt was answered with a refusal.',
    advice:
      'Roll back what a refused request has begun: one transaction around all of it. Where other writers or older data are meant to be there, read them in `setup`.',
  },
  'mixed-answer': {
    title: 'An answer belongs to somebody else',
    severity: 'critical',
    seenBy: 'Audit (`audit.echo`): an answer that does not hold what its request sent.',
    advice:
      'Look for state that requests share: module variables, a cache whose key lacks the user, a connection that was given back with an answer still under way.',
  },
  'torn-payload': {
    title: 'A payload came back damaged',
    severity: 'critical',
    seenBy: 'Audit (`audit.intact`): a payload that does not fit the checksum that it was written with.',
    advice:
      'Write to a temporary file and rename it, or in one transaction; never let two writers share a file or a buffer; check lengths before what was stored is acknowledged.',
  },
  'invariant-broken': {
    title: 'A rule of the data does not hold',
    severity: 'critical',
    seenBy: 'Audit (`audit.invariant`): a condition of the plan on the data that was false, such as a sum that must not change.',
    advice:
      'Find the writes that belong together and put each group in one transaction, with an isolation that forbids what happened (SERIALIZABLE, or locks); let the database check the rule too.',
  },
  'stale-read': {
    title: 'Reads do not show what was written before',
    severity: 'warning',
    seenBy: 'Audit (`audit.readBack`): a read that began after the acknowledgement of a write and does not show it.',
    advice:
      'Invalidate or update the cache before the write is acknowledged, or read from where it was written (the primary) for as long as replicas lag. Where some age is allowed, say how much.',
  },
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
