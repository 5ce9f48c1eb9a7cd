import { expect, test } from 'vitest'
import { realBreakers, runRealBreaker } from '../kit/breakers/real-breakers.ts'

/** The others are in `npm run truth -- --real`: more than a minute each. */
const brief = ['opossum', 'cockatiel', 'none', 'stuck', 'client-errors']

// Real time, real sockets: a breaker has its own clock. Several at once, for most of the time is spent waiting.
test.concurrent.each(realBreakers.filter(({ breaker, load }) => brief.includes(breaker) && load === undefined))(
  '$name: $expected',
  { timeout: 300_000 },
  async (one) => {
    const { breakers: [found] = [], objectives, findings } = await runRealBreaker(one, 1)
    const told = JSON.stringify({ ...found, states: [] }, null, 1)
    expect(found?.verdict, told).toBe(one.expected)
    expect(objectives[0]?.verdict).toBe(one.expected === 'OK' ? 'pass' : 'fail')
    const named = findings.map(({ id }) => id).filter((id) => id.startsWith('breaker'))
    const isAbsent = one.expected === 'ABSENT' || one.expected === 'NEVER_OPENS'
    expect(named).toEqual(one.expected === 'OK' ? [] : [isAbsent ? 'breaker-absent' : 'breaker-defective'])
  },
)
