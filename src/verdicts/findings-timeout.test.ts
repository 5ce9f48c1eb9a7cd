import { describe, expect, test } from 'vitest'
import { silentDependencyRecord, type SilentDependency } from '../../test/kit/silent-dependency.ts'
import { seededRandom } from '../base/random.ts'
import { judgeRun } from './judge-run.ts'

/** Twelve of eight users a second may wait for a dependency that is silent for ten seconds. */
function found(system: Partial<SilentDependency> = {}) {
  const usual = { perSec: 8, timeoutSec: Infinity, places: 12, fromSec: 12, toSec: 22, seconds: 34 }
  const data = silentDependencyRecord({ ...usual, ...system }, seededRandom(5))
  return judgeRun(data).tests[0]!.findings.filter(({ id }) => id === 'timeout-absent')
}

describe('timeout-absent', () => {
  test('is named where calls to a silent dependency stay open until it speaks again, and users wait with them', () => {
    const [only, ...others] = found()
    expect(others).toEqual([])
    expect(only).toMatchObject({ severity: 'critical' })
    expect(only?.evidence).toMatch(
      /^At the end of “blackhole\(payments\)” at least 1[0-2] calls to payments had been open for 5 s and more, one of them for 9\.\d+ s; none was given up meanwhile\. 12 requests of users waited as long or ran out of time, up to \d+(\.\d+)? s\.$/,
    )
  })

  test.each([0.8, 4, 8])('is not where calls are given up after %d s', (timeoutSec) => {
    expect(found({ timeoutSec })).toEqual([])
  })

  test('is not where everybody is answered in time, whatever becomes of the calls', () => {
    expect(found({ answerSec: 1 })).toEqual([])
  })

  test('is not told of a silence that was too short to say', () => {
    expect(found({ toSec: 16 })).toEqual([])
  })

  test('is not told of a link whose calls are not counted', () => {
    expect(found({ protocol: 'tcp' })).toEqual([])
  })
})
