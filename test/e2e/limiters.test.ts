import { describe, expect, test } from 'vitest'
import { realLimiters, runRealLimiter } from '../kit/limiters/real-limiters.ts'

// Real time and real servers. Several at once, for most of the time is spent waiting.
describe.concurrent('a rate limiter', () => {
  test.each(realLimiters.filter(({ isSpare }) => isSpare !== true))(
    '$name: $expected',
    { timeout: 150_000 },
    async ({ expected, kind, ...one }) => {
      const { test: result, again, text } = await runRealLimiter({ expected, ...one })
      const { limiters: [found] = [], objectives, findings } = result
      const told = JSON.stringify({ ...found, probe: null }, null, 1)
      expect(found?.verdict, told).toBe(expected)
      if (kind !== undefined) expect(found?.fit?.kind, told).toBe(kind)
      expect(objectives[0]?.verdict).toBe(expected === 'ENFORCED' ? 'pass' : 'fail')
      expect(findings.some(({ id }) => id.startsWith('rate-limit-'))).toBe(expected !== 'ENFORCED')
      expect(text).toContain(`rate limiter login: ${expected}`)
      expect(again.limiters).toEqual(result.limiters)
    },
  )
})
