import type { FindingEntry } from './finding-entry.ts'

/** Findings of the tests of rate limiters. */
export const limiterEntries = {
  'rate-limit-absent': {
    title: 'A rate limiter that the plan declares is not there',
    severity: 'critical',
    seenBy:
      'An objective `limiter(NAME)`: nothing was refused of many more requests than it promises to let through, or than the test may send.',
    advice:
      'Count requests by client where they come in, before the work that they cause, and refuse with 429 and `Retry-After`. Look whether the limiter is on this route, and switched on in this environment.',
  },
  'rate-limit-bypassable': {
    title: 'A rate limiter is evaded by a change that must not matter',
    severity: 'critical',
    seenBy:
      'An objective `limiter(NAME)`: between two refusals the same request was served with another header, path, method, connection or address, so often that it was no accident (one in 10,000). The evidence names it.',
    advice:
      'Take the address from the socket, and from `X-Forwarded-For` only what your own proxy has written there (the last entry, with the number of proxies set). Count by the route, not by the path as written; and by the client, not by the connection.',
  },
  'rate-limit-racy': {
    title: 'A rate limiter lets more through when requests come at the same moment',
    severity: 'critical',
    seenBy:
      'An objective `limiter(NAME)`: with one token left, two and more of many simultaneous requests were let through beyond what is allowed.',
    advice:
      'Look and take in one step: one synchronous function, `INCR` or a script in Redis, `UPDATE … WHERE tokens >= 1 RETURNING` in SQL. No `await` between the reading of a count and its writing.',
  },
  'rate-limit-over-admits': {
    title: 'A rate limiter lets more through than it promises',
    severity: 'warning',
    seenBy:
      'An objective `limiter(NAME)`: the rate or the burst that was measured lies with its interval above what the plan expects, or more than a burst was let through after a time without requests.',
    advice:
      'Multiply the limit by the number of processes that count for themselves: they have to share the count. Cap what is saved up at the burst.',
  },
  'rate-limit-under-admits': {
    title: 'A rate limiter refuses what it promises to let through',
    severity: 'warning',
    seenBy:
      'An objective `limiter(NAME)`: the rate or the burst that was measured lies with its interval below what the plan expects.',
    advice: 'Look for two limiters in a row, requests that are counted twice, and refused requests that are counted as well.',
  },
  'rate-limit-shared': {
    title: 'One client uses up the rate limit of all',
    severity: 'critical',
    seenBy:
      'An objective `limiter(NAME)`: while one key was refused, another one, that had not asked before, was refused as well.',
    advice: 'Count by client: behind a proxy the address of the socket is that of the proxy.',
  },
  'rate-limit-headers-lie': {
    title: 'What the headers say of the rate limit is not so',
    severity: 'warning',
    seenBy:
      'An objective `limiter(NAME)`: who waited as long as `Retry-After` says was refused again, or need not have waited; or what is said to be left, promised, or of the reset, is not what was seen.',
    advice: 'Make the headers from the same count, at the same moment, as the decision. Round waiting times up to whole seconds.',
  },
} as const satisfies Readonly<Record<string, FindingEntry>>
