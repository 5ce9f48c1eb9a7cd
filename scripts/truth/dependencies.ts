import type { RunData } from '../../src/analysis/index.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { SeriesWindow } from '../../src/model/sample.ts'
import { judgeRun } from '../../src/verdicts/index.ts'
import { healthyRecord, openLoad } from '../../test/kit/healthy-record.ts'
import { silentDependencyRecord } from '../../test/kit/silent-dependency.ts'
import type { TruthCase } from './row.ts'

const seconds = 30
const told = ['queue-unbounded', 'retry-storm', 'breaker-absent']

/** Iterations a second, calls of each, and when trouble begins and ends: drawn by the seed, with noise on every count. */
interface Flow {
  readonly perSec: number
  readonly callsEach: number
  readonly from: number
  readonly to: number
  readonly noisy: (value: number) => number
}

function drawn(seed: number): Flow {
  const random = seededRandom(seed)
  const between = (low: number, high: number): number => low + (high - low) * random.next()
  const from = Math.round(between(8, 11))
  return {
    perSec: Math.round(between(10, 40)),
    callsEach: between(2, 6),
    from,
    to: from + Math.round(between(9, 12)),
    noisy: (value) => Math.round(value * between(0.93, 1.07)),
  }
}

type SecondOf = (flow: Flow, sec: number) => readonly SeriesWindow[]

const isTrouble = ({ from, to }: Flow, sec: number): boolean => sec >= from && sec < to

function provider(counts: Readonly<Record<'calls' | 'completed' | 'failed' | 'refused', number>>): readonly SeriesWindow[] {
  return Object.entries(counts).map(([name, sum]) => ({ kind: 'counter', name: `provider.${name}`, sum }))
}

function well({ perSec, callsEach, noisy }: Flow): readonly SeriesWindow[] {
  const calls = noisy(perSec * callsEach)
  return provider({ calls, completed: Math.round(calls * 0.95), failed: Math.round(calls * 0.05), refused: 0 })
}

/** In trouble the provider refuses what is beyond its rate, and each refused call comes back `again` times at once. */
const refusing =
  (again: number): SecondOf =>
  (flow, sec) => {
    if (!isTrouble(flow, sec)) return well(flow)
    const asked = flow.perSec * flow.callsEach
    const completed = Math.round(asked * 0.4)
    const refused = flow.noisy(asked * 0.6 * again)
    return provider({ calls: completed + refused, completed, failed: 0, refused })
  }

/** In trouble it is down, and still asked for this share of the usual calls. */
const down =
  (share: number): SecondOf =>
  (flow, sec) => {
    if (!isTrouble(flow, sec)) return well(flow)
    const calls = share === 0 ? 1 : flow.noisy(flow.perSec * flow.callsEach * share)
    return provider({ calls, completed: 0, failed: calls, refused: 0 })
  }

/** Texts that wait: a second's arrivals beyond what is done, up to a bound. */
const waiting =
  (bound: number): SecondOf =>
  ({ perSec, noisy }, sec) => {
    const value = Math.min(bound, noisy(0.5 * perSec * sec))
    return [{ kind: 'gauge', name: 'texts.waiting', last: value, min: value, max: value, sum: value, count: 1 }]
  }

function say(series: SecondOf, seed: number): string {
  const flow = drawn(seed)
  const data = healthyRecord({
    seconds,
    perSec: flow.perSec,
    load: openLoad(flow.perSec, seconds),
    times: () => Array<number>(flow.perSec).fill(50),
    series: (sec) => [...series(flow, sec)],
  })
  return foundIn(data, told)
}

function foundIn(data: RunData, ids: readonly string[]): string {
  const found = judgeRun(data).tests.flatMap(({ findings }) => findings.map(({ id }) => id).filter((id) => ids.includes(id)))
  return found.length === 0 ? 'nothing' : found.join(', ')
}

/** A dependency that falls silent for eight to twelve seconds; the limit of time on a call, and on a user's answer, as a share of that. */
const silent =
  (timeout: number, answer = Infinity) =>
  (seed: number): string => {
    const random = seededRandom(seed)
    const between = (low: number, high: number): number => low + (high - low) * random.next()
    const fromSec = between(10, 13)
    const silentSec = between(8, 12)
    const system = {
      perSec: between(5, 25),
      timeoutSec: timeout * silentSec,
      answerSec: answer * silentSec,
      places: Math.round(between(6, 40)),
      fromSec,
      toSec: fromSec + silentSec,
      seconds: 40,
    }
    // It has no breaker either, and that is another matter.
    return foundIn(silentDependencyRecord(system, random), ['timeout-absent'])
  }

const systems: readonly (readonly [system: string, expected: string, series: SecondOf])[] = [
  ['refused calls come back at once', 'retry-storm', refusing(8)],
  ['who is refused waits', 'nothing', refusing(1)],
  ['a provider that is down is asked as before', 'breaker-absent', down(1)],
  ['a provider that is down is asked once a second', 'nothing', down(0)],
  ['what waits grows to the end', 'queue-unbounded', waiting(Infinity)],
  ['what waits has a bound', 'nothing', waiting(40)],
]

const silences: readonly (readonly [system: string, expected: string, say: TruthCase['say']])[] = [
  ['a silent dependency is waited for to its end', 'timeout-absent', silent(Infinity)],
  ['its calls are given up after a tenth of its silence', 'nothing', silent(0.1)],
  ['its calls are given up after three quarters of it', 'nothing', silent(0.75)],
  ['its calls stay open, and users are answered without', 'nothing', silent(Infinity, 0.1)],
]

export const dependencyCases: readonly TruthCase[] = [
  ...systems.map(([system, expected, series]) => ({
    detector: 'flow and its provider',
    system,
    expected,
    isBroken: expected !== 'nothing',
    say: (seed: number) => say(series, seed),
  })),
  ...silences.map(([system, expected, tell]) => ({
    detector: 'time-outs',
    system,
    expected,
    isBroken: expected !== 'nothing',
    say: tell,
  })),
]
