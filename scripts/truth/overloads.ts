import { classifyRun, classifyWindow, judgeDegradation, judgeHysteresis } from '../../src/analysis/index.ts'
import type { WindowClass } from '../../src/analysis/index.ts'
import * as systems from '../../test/kit/overloaded-systems.ts'
import { simulateLoad } from '../../test/kit/simulated-overload.ts'
import type { OverloadedSystem, SimulatedSecond } from '../../test/kit/simulated-overload.ts'
import type { TruthCase } from './row.ts'

interface Overloaded {
  readonly name: string
  readonly system: OverloadedSystem
  readonly limitSec?: number
  readonly timeoutSec?: number
  readonly retries?: number
}

const { rate } = systems
const heldSec = 20
/** An endless queue that was offered five times its rate for 20 s is empty after 160 s at half its rate. */
const laterSec = 200
const factors = [1.25, 1.5, 2, 3, 5]

function hold({ system, limitSec = 0.5, timeoutSec = 1, retries = 0 }: Overloaded, factor: number, seed: number) {
  return simulateLoad({ system, limitSec, timeoutSec, retries, seed, stages: [{ perSec: factor * rate, sec: heldSec }] })
}

function classOf(seconds: readonly SimulatedSecond[], { limitSec = 0.5 }: Overloaded, answersLater: boolean): WindowClass {
  const windows = seconds.map(({ figures }) => classifyWindow(figures, { limitSec, goodMax: rate }))
  return classifyRun(windows, { answersLater })
}

/** Class at a load, as a search sees it: what answers under a lighter load afterwards did not hang. */
function classAt(one: Overloaded, factor: number, seed: number): WindowClass['class'] {
  const after = simulateLoad({
    ...{ system: one.system, limitSec: one.limitSec ?? 0.5, timeoutSec: one.timeoutSec ?? 1, seed },
    stages: [
      { perSec: factor * rate, sec: heldSec },
      { perSec: 0.5 * rate, sec: laterSec },
    ],
  })
  const answersLater = after.slice(heldSec).some(({ figures }) => figures.good > 0)
  return classOf(hold(one, factor, seed), one, answersLater).class
}

const perfect: Overloaded = { name: 'perfect shedder', system: systems.perfectShedder }
/** T = 1 s, C = 100/s: C (T − S) = 99. */
const below: Overloaded = { name: 'bounded queue, K = 60 < C (T − S)', system: systems.boundedQueueOf(60), limitSec: 1 }
const beyond: Overloaded = { name: 'bounded queue, K = 300 > C (T − S)', system: systems.boundedQueueOf(300), limitSec: 1 }
const endless: Overloaded = { name: 'endless queue, clients give up', system: systems.endlessQueue }
const patient: Overloaded = { name: 'endless queue, clients wait', system: systems.endlessQueue, timeoutSec: 600 }
const failing: Overloaded = { name: 'answers 500 to what is too much', system: systems.failingService }
const slow: Overloaded = { name: 'refuses after 0.8 s', system: systems.slowRefuser }
const refusing: Overloaded = { name: 'refuses connections', system: systems.refusingListener }
const hanging: Overloaded = { name: 'hangs when 50 wait', system: systems.breaksAt(50, 'hang') }
const crashing: Overloaded = { name: 'crashes when 50 wait', system: systems.breaksAt(50, 'crash') }

const classes: readonly (readonly [Overloaded, WindowClass['class']])[] = [
  [perfect, 'F1'],
  [below, 'F1'],
  [beyond, 'F3'],
  [endless, 'F3'],
  [patient, 'F2'],
  [failing, 'F4'],
  [slow, 'F4'],
  [refusing, 'F5'],
  [hanging, 'F6'],
  [crashing, 'F7'],
]

export const classCases: readonly TruthCase[] = classes.flatMap(([one, expected]) => [
  {
    ...{ detector: 'failure class', system: `${one.name}, at 3 C`, expected, isBroken: true },
    say: (seed) => classAt(one, 3, seed),
  },
  {
    ...{ detector: 'failure class', system: `${one.name}, at 0.75 C`, expected: 'F0', isBroken: false },
    say: (seed) => classAt(one, 0.75, seed),
  },
])

/** Degradation as a run has it: goodput and p99 of the accepted at each multiple of C. */
function degradationOf(one: Overloaded, seed: number) {
  const points = factors.map((factor) => {
    const seconds = hold(one, factor, seed)
    const p99s = seconds.flatMap(({ figures }) => figures.latencySec ?? [])
    return {
      factor,
      goodput: seconds.reduce((sum, { figures }) => sum + figures.good, 0) / heldSec,
      acceptedP99Sec: p99s.length === 0 ? null : Math.max(...p99s),
      failureClass: classAt(one, factor, seed),
    }
  })
  return judgeDegradation(points, { capacity: rate, limitSec: one.limitSec ?? 0.5 })
}

const refusalCost = 0.2
const costly: Overloaded = { name: 'a refusal costs 0.2 of a service', system: systems.costlyShedder(refusalCost) }

/** (1 − ρx) / (1 − ρ), nothing beyond 1/ρ. */
const retentionBy = (factor: number) => Math.max(0, (1 - refusalCost * factor) / (1 - refusalCost))

/** Standard error of the arrivals of one trial: R changes by ρ / (1 − ρ) with x, and x by its root. */
const chance = (factor: number) => 0.02 + (3 * Math.sqrt(factor / (rate * heldSec)) * refusalCost) / (1 - refusalCost)

function agreesWithFormula(seed: number): string {
  const { retention } = degradationOf(costly, seed)
  const off = retention.find(({ factor, retained }) => Math.abs(retained - retentionBy(factor)) > chance(factor))
  return off === undefined ? 'as the formula' : `R(${String(off.factor)}) off`
}

const degradations: readonly (readonly [Overloaded, string, boolean])[] = [
  [perfect, 'graceful', false],
  [below, 'graceful', false],
  [beyond, 'collapse', true],
  [endless, 'collapse', true],
  [refusing, 'degraded', true],
  [crashing, 'collapse', true],
]

export const degradationCases: readonly TruthCase[] = [
  ...degradations.map(([one, expected, isBroken]): TruthCase => ({
    ...{ detector: 'degradation', system: one.name, expected, isBroken },
    say: (seed) => degradationOf(one, seed).kind,
  })),
  {
    ...{ detector: 'goodput retention', system: costly.name, expected: 'as the formula', isBroken: true },
    say: agreesWithFormula,
  },
]

const overloadSec = 15
const watchedSec = 200

/** D7 as a run has it: five times C, then 0.75 C without a pause. */
function hysteresisOf(one: Overloaded, backlog: number | null, seed: number): string {
  const { system, limitSec = 0.5, timeoutSec = 1, retries = 0 } = one
  const stages = [
    { perSec: 5 * rate, sec: overloadSec },
    { perSec: 0.75 * rate, sec: watchedSec },
  ]
  const back = simulateLoad({ system, limitSec, timeoutSec, retries, seed, stages }).slice(overloadSec)
  const good = back.map(({ figures }) => {
    const bad = figures.completed - figures.good + figures.timeouts + (figures.connectionFailures?.refused ?? 0)
    return figures.good > 0 && figures.good >= 0.95 * (figures.good + bad)
  })
  const since = good.findIndex((_, i) => i + 5 <= good.length && good.slice(i, i + 5).every(Boolean))
  return judgeHysteresis({ capacity: rate, backlog, budgetSec: 30, recoveredSec: since < 0 ? null : since, watchedSec }).kind
}

const storm: Overloaded = { ...beyond, name: 'the same, and clients ask again three times', retries: 3 }
const long: Overloaded = { name: 'bounded queue, K = 1000', system: systems.boundedQueueOf(1000), limitSec: 1 }
const hurt: Overloaded = { name: 'the same, slower by 17 % once it was full', system: systems.hurtQueue(1000, 0.83), limitSec: 1 }
const stuck: Overloaded = {
  name: 'queue of 60 that halves its speed once it was full',
  system: systems.hurtQueue(60, 0.5),
  limitSec: 1,
}

const hystereses: readonly (readonly [Overloaded, number | null, string, boolean])[] = [
  [perfect, 5, 'recovers', false],
  [below, 60, 'recovers', false],
  [beyond, 300, 'recovers', false],
  [storm, 300, 'stuck', true],
  [long, 1000, 'recovers', false],
  // 900 places at 8/s take 112 s, twice its drain bound is 80 s.
  [hurt, 1000, 'slow', true],
  [stuck, 60, 'stuck', true],
  [hanging, null, 'stuck', true],
  [crashing, null, 'stuck', true],
]

export const hysteresisCases: readonly TruthCase[] = hystereses.map(([one, backlog, expected, isBroken]) => ({
  ...{ detector: 'hysteresis', system: one.name, expected, isBroken },
  say: (seed) => hysteresisOf(one, backlog, seed),
}))
