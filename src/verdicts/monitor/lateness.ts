import type { TestData } from '../../analysis/index.ts'

/** What an answer may have waited for us, of all answers. */
export interface Lateness {
  readonly meanMs: number
  quantileMs(q: number): number
}

/** Between the target's clock and ours lie two sockets. Ours: a millisecond is more than they take on one machine. */
const wayMs = 1

/** Each answer may have waited for as long as our own event loop was late at most in its second: a burst of users that begin at once is read by a thread that has much to do. */
export function latenessOf(test: TestData, names: readonly string[]): Lateness {
  const late = new Map<number, number>()
  for (const { sec, window } of test.generators()) late.set(sec, Math.max(late.get(sec) ?? 0, window.loopDelayMaxMs))
  const answers = [...late].map(([sec, ms]) => ({ ms, count: answersIn(test, names, sec) })).toSorted((a, b) => a.ms - b.ms)
  const all = answers.reduce((sum, { count }) => sum + count, 0)
  if (all === 0) return { meanMs: wayMs, quantileMs: () => wayMs }
  return {
    meanMs: wayMs + answers.reduce((sum, { ms, count }) => sum + ms * count, 0) / all,
    quantileMs(q) {
      // The slowest answers may all be of the worst second.
      if (q > 0.5) return wayMs + (answers.findLast(({ count }) => count > 0)?.ms ?? 0)
      let seen = 0
      return wayMs + (answers.find(({ count }) => (seen += count) >= q * all)?.ms ?? 0)
    },
  }
}

function answersIn(test: TestData, names: readonly string[], sec: number): number {
  return test
    .windowsAt('request', sec)
    .reduce((sum, window) => sum + (window.kind === 'request' && names.includes(window.name) ? window.response.count : 0), 0)
}
