import { describe, expect, it } from 'vitest'
import { healthyRecord } from '../../test/kit/healthy-record.ts'
import type { FaultResult } from '../model/run-result.ts'
import type { FailureKind } from '../model/sample.ts'
import { drainFindings, drainsOf } from './drain.ts'

interface Drained {
  /** Failed requests that ended in a second. */
  readonly failures: Readonly<Record<number, Partial<Record<FailureKind, number>>>>
  readonly inFlight?: number
  readonly fault?: Partial<FaultResult>
}

function drains({ failures, inFlight = 20, fault = {} }: Drained) {
  const test = healthyRecord({
    seconds: 30,
    request: (sec, window) => {
      const extra = failures[sec] ?? {}
      const failed = Object.values(extra).reduce((sum, count) => sum + count, 0)
      return { count: window.count + failed, failed: window.failed + failed, failures: { ...window.failures, ...extra } }
    },
    generator: () => ({ inFlightMax: inFlight }),
  }).tests[0]!
  return drainsOf(test, [
    {
      id: 'terminate(target)',
      kind: 'terminate',
      on: 'target',
      at: 12.4,
      clearedAt: 20,
      verified: true,
      evidence: '',
      crossed: null,
      reverted: true,
      facts: { endedSec: 1.2, killed: 0 },
      ...fault,
    },
  ])
}

describe('a target that is asked to end', () => {
  it('and finishes what it has begun loses nothing, though others are refused', () => {
    const seen = drains({ failures: { 13: { refused: 150 }, 14: { refused: 200 } } })
    expect(seen).toEqual([{ fault: 'terminate(target)', lost: 0, inFlight: 20, sec: 1.2 }])
    expect(drainFindings(seen)).toEqual([])
  })

  it('and drops what is in flight is named, with how many and how long it took', () => {
    const seen = drains({ failures: { 12: { reset: 9, 'closed-early': 4 }, 13: { refused: 80 } } })
    expect(seen).toMatchObject([{ lost: 13 }])
    expect(drainFindings(seen)).toMatchObject([
      {
        id: 'requests-lost-on-drain',
        evidence: expect.stringContaining('13 of up to 20 requests in flight lost their connection') as string,
      },
    ])
  })

  it('and does not end is killed with what it had, and that is said', () => {
    const seen = drains({ failures: { 20: { reset: 7 } }, fault: { facts: { killed: 1 } } })
    expect(seen).toMatchObject([{ lost: 7, sec: null }])
    expect(drainFindings(seen)[0]?.evidence).toContain('was killed')
  })

  it('cannot lose more than was in flight, nor what broke before it anyway', () => {
    expect(drains({ failures: { 12: { reset: 500 } }, inFlight: 6 })).toMatchObject([{ lost: 6 }])
    const always = Object.fromEntries(Array.from({ length: 30 }, (_, sec) => [sec, { reset: 3 }]))
    expect(drains({ failures: always })).toMatchObject([{ lost: 0 }])
    expect(drains({ failures: { ...always, 12: { reset: 8 } } })).toMatchObject([{ lost: 5 }])
  })

  it('is not judged by what breaks after it has ended, by other faults, or by services that it was not', () => {
    expect(drains({ failures: { 14: { reset: 9 } } })).toMatchObject([{ lost: 0 }])
    expect(drains({ failures: { 12: { reset: 9 } }, fault: { kind: 'kill' } })).toEqual([])
    expect(drains({ failures: { 12: { reset: 9 } }, fault: { on: 'db' } })).toEqual([])
    expect(drains({ failures: { 12: { reset: 9 } }, fault: { at: null } })).toEqual([])
  })
})
