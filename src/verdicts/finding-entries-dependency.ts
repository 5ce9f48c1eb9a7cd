import type { FindingEntry } from './finding-entry.ts'

/** Of calls to a dependency that is down or slow. */
export const dependencyEntries = {
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
} as const satisfies Readonly<Record<string, FindingEntry>>
