import type { FindingEntry } from './finding-entry.ts'

/** Of what is left when a fault is over. */
export const recoveryEntries = {
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
} as const satisfies Readonly<Record<string, FindingEntry>>
