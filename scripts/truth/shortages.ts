import { seededRandom } from '../../src/base/random.ts'
import type { RunEvent } from '../../src/model/run-event.ts'
import { at, judged, loadStart } from '../../test/kit/short-of-resource.ts'
import type { Story } from '../../test/kit/short-of-resource.ts'
import type { TruthCase } from './row.ts'

/** A limit, when it is reached, for how long, and how many requests fail meanwhile: drawn by the seed. */
interface Drawn {
  readonly limit: number
  readonly rest: number
  readonly from: number
  readonly to: number
  readonly share: number
}

function drawn(seed: number): Drawn {
  const random = seededRandom(seed)
  const between = (low: number, high: number): number => low + (high - low) * random.next()
  const limit = Math.round(between(60, 4000))
  const from = Math.round(between(6, 12))
  return {
    limit,
    rest: Math.round(limit * between(0.1, 0.4)),
    from,
    to: from + Math.round(between(5, 12)),
    share: between(0.15, 0.9),
  }
}

const files = ({ limit, rest, from, to, share }: Drawn): Story => ({
  limits: { files: limit },
  probe: 'target.files',
  level: { before: rest, at: at(from, to, limit - 1, Math.round((rest + limit) / 2)), after: rest + 1 },
  fails: at(from, to + 1, share, 0),
})

const memory = ({ limit, rest, from, to }: Drawn): Story => ({
  limits: { memoryBytes: limit * 1e6 },
  probe: 'target.memory',
  level: { before: rest * 1e6, at: at(from, to, limit * 0.99e6, rest * 1.2e6), after: rest * 1.1e6 },
})

const processor = ({ from, to }: Drawn): Story => {
  const test = { test: 'the test', id: 'cpu' }
  const events: readonly RunEvent[] = [
    { ...test, t: loadStart + from, kind: 'fault-started', fault: 'cpu-pressure', verified: true, evidence: '' },
    { ...test, t: loadStart + to, kind: 'fault-ended', held: true, reverted: true, evidence: '' },
  ]
  return {
    faults: [{ id: 'cpu', atSec: from, forSec: to - from, fault: { kind: 'cpu-pressure', cores: 2, share: 1 } }],
    events,
    probe: 'target.cpu',
    level: { before: 0, at: () => 0.5, after: 0 },
  }
}

const died = ({ to }: Drawn): RunEvent => ({
  t: loadStart + to,
  kind: 'target-ended',
  code: 134,
  signal: null,
  lastLines: ['FATAL ERROR: JavaScript heap out of memory'],
})

type Shortage = readonly [system: string, expected: 'PASS' | 'FAIL' | 'UNKNOWN', story: (drawn: Drawn) => Story]

const shortages: readonly Shortage[] = [
  ['files: refuses at the limit, and is well after it', 'PASS', files],
  ['files: keeps them at rest', 'FAIL', (one) => ({ ...files(one), level: { ...files(one).level, after: one.limit - 2 } })],
  ['files: goes on failing after it', 'FAIL', (one) => ({ ...files(one), fails: at(one.from, 99, one.share, 0) })],
  ['files: requests hang at the limit', 'FAIL', (one) => ({ ...files(one), how: { failures: { timeout: 1 } } })],
  [
    'files: never comes near the limit',
    'UNKNOWN',
    (one) => ({ ...files(one), level: { ...files(one).level, at: () => one.rest }, fails: () => 0 }),
  ],
  ['memory: lives at the limit', 'PASS', memory],
  ['memory: dies of it', 'FAIL', (one) => ({ ...memory(one), events: [died(one)] })],
  ['processor: slower under pressure, and well after it', 'PASS', processor],
  [
    'processor: stays broken after the pressure',
    'FAIL',
    (one) => ({
      ...processor(one),
      fails: at(one.from + 1, 99, one.share, 0),
      how: { failures: { status: 1 }, statuses: { 500: 1 } },
    }),
  ],
]

export const shortageCases: readonly TruthCase[] = shortages.map(([system, expected, story]) => ({
  detector: 'resource taken away',
  system,
  expected,
  isBroken: expected === 'FAIL',
  say: (seed) => judged(story(drawn(seed))).resources?.[0]?.verdict ?? 'nothing',
}))
