import { describe, expect, it } from 'vitest'
import { attackSpec, form } from '../../../test/kit/attacked/attack-on.ts'
import { enumerated, guesses, heldConnections } from '../../../test/kit/attacked/simulated-attack.ts'
import type { OutageRecordOptions } from '../../../test/kit/outage-record.ts'
import { outageRecord } from '../../../test/kit/outage-record.ts'
import type { OutageLoad, OutageSystem } from '../../../test/kit/simulated-outages.ts'
import { duesOf, untouched } from '../../../test/kit/simulated-outages.ts'
import { attackCourse } from '../../analysis/index.ts'
import { seededRandom } from '../../base/random.ts'
import type { Random } from '../../base/random.ts'
import type { AttackAction, AttackSpec } from '../../model/attack-spec.ts'
import type { ObjectiveSpec } from '../../model/objective-spec.ts'
import type { TestResult } from '../../model/run-result.ts'
import { sourceAddresses } from '../../plan/attacks/index.ts'
import { judgeRun } from '../judge-run.ts'
import { enumerationOf } from './enumeration.ts'

const load = (seconds: number, seed = 4): OutageLoad => ({
  ...{ seed, process: 'uniform', stages: [{ perSec: 60, sec: seconds }], atSec: 12, forSec: 10 },
})
const at = { atSec: 12, forSec: 10 }
const guess: AttackAction = { kind: 'bruteForce', path: '/login', users: ['ada'], passwords: ['a'], form }
const spraying = attackSpec(guess, { ...at, sources: sourceAddresses(0, 10), perSec: 100 })
const slow = attackSpec({ kind: 'slowHeaders', path: '/', everyMs: 1000, bytes: 0 }, { ...at, connections: 40 })

const objective = (name: string, op: ObjectiveSpec['op'], value: number | string): ObjectiveSpec => ({
  ...{ text: `${name} ${op} ${value}`, metric: { name }, op },
  ...(typeof value === 'string' ? { value: 0, word: value } : { value }),
})

type Attacks = NonNullable<OutageRecordOptions['attacks']>

function judged(
  system: OutageSystem,
  attacks: Attacks,
  options: OutageRecordOptions & { readonly sec?: number } = {},
): TestResult {
  const { sec = 45, ...rest } = options
  const of = load(sec)
  const [test] = judgeRun(outageRecord(of, system(of), { ...rest, faults: [], attacks })).tests
  if (test === undefined) throw new Error('no test')
  return test
}

const first = ({ attacks }: TestResult) => {
  const [attack] = attacks ?? []
  if (attack === undefined) throw new Error('no attack')
  return attack
}
const named = ({ findings }: TestResult) => findings.map(({ id }) => id)

/** Every so manieth answer while the attack is there says that the user is blocked. */
const blocksUsers = (every: number): OutageSystem => {
  return (of) => ({
    calls: [],
    requests: duesOf(of).map((due, i) => {
      const isBlocked = due >= of.atSec && due < of.atSec + of.forSec && i % every === 0
      return { due, end: due + 0.01, outcome: isBlocked ? 'status' : 'ok' }
    }),
  })
}

/** Nobody is served while the attack is there, and for a while after it. */
const refusesUsers = (afterSec: number): OutageSystem => {
  return (of) => ({
    calls: [],
    requests: duesOf(of).map((due) => {
      const isRefused = due >= of.atSec && due < of.atSec + of.forSec + afterSec
      return { due, end: due + 0.01, outcome: isRefused ? 'refused' : 'ok' }
    }),
  })
}

describe('guesses at a log-in', () => {
  it('that are blocked after five tries are borne, with the time and the tries', () => {
    const test = judged(untouched, [{ spec: spraying, windows: guesses(spraying, 5) }])
    const { block, verdict, denied } = first(test)
    expect(block).toMatchObject({ sources: 10, share: 1, firstSec: 0.5, medianSec: 0.5, triesBefore: 5, passedAfter: 0 })
    expect({ verdict, denied }).toEqual({ verdict: 'PASS', denied: false })
    expect(named(test)).not.toContain('no-block')
  })

  it('that nobody blocks are a finding, and fail what was asked of the time', () => {
    const objectives = [objective('blockedWithin', '<', 5), objective('sourcesBlocked', '>', 0.95)]
    const test = judged(untouched, [{ spec: spraying, windows: guesses(spraying, Infinity) }], { objectives })
    expect(named(test)).toContain('no-block')
    expect(test.objectives.map(({ verdict, actual }) => [verdict, actual])).toEqual([
      ['fail', null],
      ['fail', 0],
    ])
  })

  it('say nothing of a limit that they did not come to', () => {
    const few: AttackSpec = { ...spraying, perSec: 10 }
    const test = judged(untouched, [{ spec: few, windows: guesses(few, Infinity) }])
    expect(named(test)).not.toContain('no-block')
  })
})

describe('legitimate users', () => {
  it('who are blocked along with the attacker are a finding, with their share', () => {
    const spec: AttackSpec = { ...spraying, blocked: ['429', '503'] }
    const objectives = [objective('legitimateBlocked', '<', 0.001)]
    const test = judged(blocksUsers(10), [{ spec, windows: guesses(spec, 5) }], { objectives })
    expect(named(test)).toContain('legitimate-blocked')
    expect(first(test).legitimate.blockedShare).toBeCloseTo(0.1, 1)
    expect(test.objectives[0]?.verdict).toBe('fail')
  })

  it('who fail by another status are not blocked', () => {
    const test = judged(blocksUsers(10), [{ spec: spraying, windows: guesses(spraying, 5) }])
    expect(named(test)).not.toContain('legitimate-blocked')
    expect(first(test).legitimate.blocked).toBe(0)
  })

  it('who are denied service are a finding, with what was lost and the time to come back', () => {
    const objectives = [objective('denied', '=', 'no'), objective('goodput', '>', 0.9), objective('recovery', '<', 1)]
    const test = judged(refusesUsers(3), [{ spec: slow, windows: heldConnections(slow, 3) }], { objectives })
    const { denied, recovery, legitimate } = first(test)
    expect(denied).toBe(true)
    expect(named(test)).toContain('attack-denies-service')
    expect(test.objectives.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail'])
    expect(test.objectives[2]?.reason).toContain('after the attack "slowHeaders"')
    // It is no fault of anybody's.
    expect(JSON.stringify([test.attacks, test.objectives])).not.toMatch(/\bfaults?\b/i)
    expect(recovery).toMatchObject({ verdict: 'recovered', sec: 3 })
    expect(legitimate.goodput?.worst).toBe(0)
    // A request stands at most one second off.
    expect(legitimate.goodput?.share).toBeLessThan(0.05)
    // What fails meanwhile is what the attack was to show.
    expect(test.findings.find(({ id }) => id === 'requests-refused')?.severity).toBe('info')
  })

  it('who have a tenth less are not denied service, and the goodput says what they had', () => {
    const objectives = [objective('denied', '=', 'no'), objective('goodput', '>', 0.95)]
    const test = judged(blocksUsers(10), [{ spec: spraying, windows: guesses(spraying, 5) }], { objectives })
    expect(first(test)).toMatchObject({ denied: false })
    expect(first(test).legitimate.goodput?.share).toBeCloseTo(0.9, 1)
    expect(test.objectives.map(({ verdict }) => verdict)).toEqual(['pass', 'fail'])
  })

  it('are not judged where there was nothing before the attack to compare with', () => {
    const early: AttackSpec = { ...spraying, atSec: 1 }
    const test = judged(untouched, [{ spec: early, windows: guesses(early, 5) }], {
      objectives: [objective('denied', '=', 'no')],
    })
    expect(first(test).denied).toBeNull()
    expect(test.objectives[0]).toMatchObject({ verdict: 'unknown', word: 'unknown' })
  })
})

describe('connections of slow clients', () => {
  it('that are ended after three seconds keep an objective on it', () => {
    const objectives = [objective('connectionHeld', '<', 5)]
    const test = judged(untouched, [{ spec: slow, windows: heldConnections(slow, 3) }], { objectives })
    expect(first(test).connections).toMatchObject({ outcome: 'closed', isBound: false, heldSec: 3 })
    expect(test.objectives[0]).toMatchObject({ verdict: 'pass', actual: 3 })
    expect(named(test)).not.toContain('slow-client-unbounded')
  })

  it('that are kept to the end break it, and are a finding', () => {
    const objectives = [objective('connectionHeld', '<', 5)]
    const test = judged(untouched, [{ spec: slow, windows: heldConnections(slow, Infinity) }], { objectives })
    expect(first(test).connections).toMatchObject({ outcome: 'kept', isBound: true })
    expect(test.objectives[0]).toMatchObject({ verdict: 'fail', actual: null })
    expect(named(test)).toContain('slow-client-unbounded')
  })

  it('that were watched for less than the limit leave it open', () => {
    const objectives = [objective('connectionHeld', '<', 30)]
    const test = judged(untouched, [{ spec: slow, windows: heldConnections(slow, Infinity) }], { objectives })
    expect(test.objectives[0]).toMatchObject({ verdict: 'unknown' })
    expect(named(test)).not.toContain('slow-client-unbounded')
  })
})

describe('a refused log-in', () => {
  const action: AttackAction = { kind: 'userEnumeration', path: '/login', known: ['ada'], unknown: ['nobody'], form }
  const spec = attackSpec(action, at)

  it('whose time tells whether a user exists is a finding', () => {
    const windows = enumerated(spec, 8, seededRandom(3, 1))
    const test = judged(untouched, [{ spec, windows }], { objectives: [objective('enumeration', '=', 'no')] })
    expect(first(test).enumeration).toMatchObject({ verdict: 'yes', by: ['time'], answer: null })
    expect(first(test).enumeration?.differenceMs).toBeCloseTo(8, 0)
    expect(test.objectives[0]).toMatchObject({ verdict: 'fail', word: 'yes' })
    expect(named(test)).toContain('user-enumeration')
  })

  const wrong = '401 wrong name or password'
  it.each([
    [
      'status',
      { known: { [wrong]: 10 }, unknown: { '404 wrong name or password': 10 } },
      'by the status of its answer: “401” for 100 %',
    ],
    ['words', { known: { '401 wrong password': 9, [wrong]: 1 }, unknown: { [wrong]: 10 } }, 'by what its answer says: “'],
  ] as const)('whose %s tells it is a finding that says so', (by, said, words) => {
    const windows = enumerated(spec, 0, seededRandom(3, 1), () => said)
    const test = judged(untouched, [{ spec, windows }], { objectives: [objective('enumeration', '=', 'no')] })
    expect(first(test).enumeration).toMatchObject({ verdict: 'yes', by: [by] })
    const found = test.findings.find(({ id }) => id === 'user-enumeration')
    expect(found?.evidence).toContain(words)
    expect(found?.evidence).not.toContain('answer time')
    expect(test.objectives[0]).toMatchObject({ verdict: 'fail', word: 'yes' })
  })

  it('that tells it by both says both', () => {
    const said = { known: { '401 wrong password': 10 }, unknown: { '404 no such user': 10 } }
    const windows = enumerated(spec, 8, seededRandom(3, 1), () => said)
    const { by, reason } = enumerationOf(attackCourse(windows))
    expect(by).toEqual(['status', 'time'])
    expect(reason).toMatch(/by the status of its answer.*by its answer time/)
  })

  it('that is answered now like this and now like that, by chance, tells nothing, with twenty seeds', () => {
    const some = (random: Random): Record<string, number> => {
      const counts: Record<string, number> = {}
      for (let i = 0; i < 10; i++) {
        const answer = random.next() < 0.6 ? wrong : random.next() < 0.5 ? '503 busy' : `401 try ${Math.floor(5 * random.next())}`
        counts[answer] = (counts[answer] ?? 0) + 1
      }
      return counts
    }
    const both = (random: Random) => ({ known: some(random), unknown: some(random) })
    for (let seed = 1; seed <= 20; seed++) {
      const found = enumerationOf(attackCourse(enumerated(spec, 0, seededRandom(seed, 2), both)))
      expect(found, `seed ${seed}`).toMatchObject({ verdict: 'no', by: [] })
    }
  })

  it('that was answered too seldom leaves it open', () => {
    const few = attackSpec(action, { atSec: 12, forSec: 2 })
    const said = { known: { [wrong]: 10 }, unknown: { '404 no': 10 } }
    expect(enumerationOf(attackCourse(enumerated(few, 8, seededRandom(3, 1), () => said)))).toMatchObject({
      verdict: 'unknown',
      by: [],
    })
  })

  it('whose time does not tell is none, with twenty seeds', () => {
    for (let seed = 1; seed <= 20; seed++)
      expect(enumerationOf(attackCourse(enumerated(spec, 0, seededRandom(seed, 1)))).verdict, `seed ${seed}`).toBe('no')
  })
})

describe('a search for the smallest attack', () => {
  it('tells the rate that denied service, and the one below it', () => {
    const search = { eachSec: 5, rates: [50, 100] }
    const spec: AttackSpec = { ...spraying, atSec: 7, forSec: 10, search }
    // From second 12 on, which is the second step, nothing is served.
    const test = judged(refusesUsers(0), [{ spec, windows: guesses(spec, 5) }])
    expect(first(test).search).toMatchObject({ deniesAt: 100, bears: 50 })
  })

  it('tells none where service went on', () => {
    const spec: AttackSpec = { ...spraying, search: { eachSec: 5, rates: [50, 100] } }
    const test = judged(untouched, [{ spec, windows: guesses(spec, 5) }])
    expect(first(test).search).toMatchObject({ deniesAt: null, bears: 100 })
  })
})

describe('the audit log', () => {
  const spec: AttackSpec = { ...spraying, hasAuditCount: true }
  const windows = guesses(spec, 5)
  const audited = (after: number) =>
    judged(untouched, [{ spec, windows, counted: { before: 3, after } }], { objectives: [objective('audited', '>=', 1)] })

  it('that has every refused log-in is complete', () => {
    const test = audited(53)
    expect(first(test).audit).toMatchObject({ verdict: 'PASS', refused: 50, noted: 50 })
    expect(test.objectives[0]?.verdict).toBe('pass')
  })

  it('that has the blocked ones as well is complete too', () => {
    expect(first(audited(1003)).audit?.verdict).toBe('PASS')
  })

  it('that lacks some is a finding, with how many', () => {
    const test = audited(43)
    expect(first(test).audit).toMatchObject({ verdict: 'FAIL', refused: 50, noted: 40, share: 0.8 })
    expect(named(test)).toContain('audit-incomplete')
    expect(test.objectives[0]).toMatchObject({ verdict: 'fail', actual: 0.8 })
  })

  it('that nobody counted leaves it open', () => {
    const test = judged(untouched, [{ spec, windows }], { objectives: [objective('audited', '>=', 1)] })
    expect(test.objectives[0]?.verdict).toBe('unknown')
  })
})

describe('an attack that was not made', () => {
  it('makes the test void', () => {
    const test = judged(untouched, [{ spec: spraying, windows: [] }])
    expect(test.validity.checks.find(({ id }) => id === 'attacks-made')?.verdict).toBe('void')
    expect(first(test).verdict).toBe('UNKNOWN')
  })
})
