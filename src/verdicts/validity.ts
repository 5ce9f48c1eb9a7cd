import type { Latency, ObjectiveResult, TestResult, ValidityCheck } from '../model/run-result.ts'
import type { GeneratorWindow } from '../model/sample.ts'
import type { Range, RunData, StepTotal, TestData } from '../analysis/index.ts'
import type { RunHeader } from '../model/run-header.ts'
import { constantStretch } from './constant-stretch.ts'
import { runsInProcess } from './in-process.ts'
// Not by its door, behind which the verdicts lie that need this one.
import { attacksMade } from './attack/attack-checks.ts'
import { faultsCrossed, faultsUndone } from './fault-checks.ts'
import { latencyOf } from './latency.ts'
import type { JudgedLeak } from './leaks.ts'
import { faultsActive } from './resources/index.ts'
import type { Steady } from './steady.ts'
import {
  eventLoopDelay,
  eventLoopUse,
  garbageCollection,
  generatorCpu,
  runQueueWait,
  silentGenerator,
} from './validity-generator.ts'
import { stopConditions } from './validity-guards.ts'
import { conservation, littlesLaw, responseTimeLaw } from './validity-laws.ts'
import { achievedRate, arrivalProcess, clock, droppedSends, inFlightCap, lateSends, slip } from './validity-load.ts'
import { soakLength } from './validity-soak.ts'
import { precision, samples, timeouts, warmUp } from './validity-samples.ts'

export interface ValidityInput {
  readonly data: RunData
  readonly test: TestData
  readonly objectives: readonly ObjectiveResult[]
  readonly latencyMs: Latency
  readonly steady: Steady
  readonly leaks: readonly JudgedLeak[] | undefined
}

/** What the checks read, gathered once. */
export interface CheckInput extends ValidityInput {
  /** Generator windows of the judged time, of all workers. */
  readonly windows: readonly GeneratorWindow[]
  /** The longest judged stretch in which every load is constant; undefined when there is none of ten seconds. */
  readonly constant: Range | undefined
  readonly isOpen: boolean
  /** No requests: the scenarios' own functions are what is tested. */
  readonly isInProcess: boolean
  /** What to do for a generator that had too little CPU. */
  readonly relief: string
}

type Check = (input: CheckInput) => ValidityCheck | undefined

/**
 * The checks of measurement.md section 13, in the order in which they are shown. A check that does not apply (arrivals in a closed
 * load, users in an open one) is left out. The rules: only what the *generator* caused may void; what a slow target does to caps,
 * queues and laws is a finding and at most a warning; limits relative to a latency have a floor of 2 ms; MSER-5 only warns; the
 * pump's spinning is no work (the worker has subtracted it).
 */
// prettier-ignore
const checks: readonly Check[] = [
  generatorCpu, eventLoopUse, eventLoopDelay, runQueueWait, garbageCollection, silentGenerator, lateSends, slip, achievedRate, droppedSends,
  inFlightCap, arrivalProcess, littlesLaw, responseTimeLaw, conservation, clock, samples, precision, timeouts, warmUp, stopConditions,
  soakLength, faultsActive, faultsCrossed, faultsUndone, attacksMade,
]

export function judgeValidity(input: ValidityInput): TestResult['validity'] {
  const { data, test } = input
  const models = new Set(test.spec.loads.map(({ load }) => load.model))
  if (models.size === 0 || (models.size === 1 && models.has('watch'))) {
    const only = faultsActive(input)
    return { verdict: only?.verdict ?? 'ok', checks: only === undefined ? [] : [only] }
  }
  const isInProcess = runsInProcess(input)
  const facts: CheckInput = {
    ...input,
    latencyMs: isInProcess ? latencyOf(workOf(test).response) : input.latencyMs,
    isInProcess,
    windows: test.generators(test.judged).map(({ window }) => window),
    constant: constantStretch(test),
    isOpen: models.has('open') || models.has('trace'),
    relief: relief(data),
  }
  const found = checks.map((check) => check(facts)).filter((check) => check !== undefined)
  const judged = !isInProcess
    ? found
    : takesCpu(test) || !isStarved(found)
      ? found.map(withoutBlame)
      : withoutHarmlessLateness(found)
  return { verdict: worst(judged), checks: judged }
}

/** What is timed where there are no requests: the steps, or else whole iterations. */
function workOf(test: TestData): StepTotal {
  const steps = test.total('step', { range: test.judged })
  return steps.count > 0 ? steps : test.total('scenario', { range: test.judged })
}

/** Checks of the generator's thread and of what its lack of time does. */
const ofTheThread = new Set(['generator-cpu', 'event-loop-use', 'event-loop-delay', 'gc', 'late-sends', 'slip', 'achieved-rate'])

/** With a lack of cores as well, nobody can tell whose delays they were. */
function isStarved(found: readonly ValidityCheck[]): boolean {
  return found.some(({ id, verdict }) => id === 'run-queue-wait' && verdict !== 'ok')
}

/**
 * Starts that were late by no part of what is measured (`slip`) did no harm, however many were more than a millisecond late: D1 allows 5 % of the
 * limit, and functions in process often take hundreds of milliseconds.
 */
function withoutHarmlessLateness(found: readonly ValidityCheck[]): readonly ValidityCheck[] {
  if (!found.some(({ id, verdict, value }) => id === 'slip' && verdict === 'ok' && value !== null)) return found
  return found.map((check) =>
    check.id === 'late-sends' && check.verdict === 'void' ? { ...check, verdict: 'warn' as const } : check,
  )
}

/** The plan itself takes the cores away, to see how its functions bear it: the lack is what is tested. */
function takesCpu({ spec }: TestData): boolean {
  return spec.faults?.some(({ fault }) => fault.kind === 'cpu-pressure') ?? false
}

/** The rule that only the generator voids, where it shares its thread with the function under test: a thread without time is that function's doing as well. */
function withoutBlame(check: ValidityCheck): ValidityCheck {
  if (!ofTheThread.has(check.id) || check.verdict === 'ok') return check
  const advice =
    'The function under test runs on this thread, so its own work shows here, and times hold the waiting for it. If it computes much, move that off the event loop.'
  return { ...check, verdict: 'warn', advice }
}

/** Words for the cure, with the figures of this machine. */
function relief({ header }: RunData): string {
  const { coresAwake, realtimeGenerator } = header.machine
  // Tests of many arrivals never have it, and those without users may be such.
  const couldGoFirst =
    header.workers < header.machine.cores && header.plan.tests.some(({ kind }) => kind === 'users' || kind === 'steps')
  return [
    roomFor(header),
    ...(coresAwake === false ? [sleepyCores] : []),
    ...(realtimeGenerator === false && couldGoFirst ? [waitingGenerator] : []),
  ].join(' ')
}

const sleepyCores = 'Idle cores of this machine may sleep and wake up late: let proofload write /dev/cpu_dma_latency.'
const waitingGenerator =
  'The generator waits for cores that others have: let proofload give it real-time priority (RLIMIT_RTPRIO, chrt).'

function roomFor({ workers, machine, plan }: RunHeader): string {
  const cores = `${workers} of ${machine.cores} cores carry load generators`
  const isShared = plan.target?.start !== undefined || Object.keys(plan.services).length > 0
  if (isShared && machine.cores <= workers + 1) {
    return `All ${machine.cores} cores are shared by the generator, the target and its services: lower the load, or run the target on another machine.`
  }
  return workers < machine.cores - 1
    ? `${cores}: raise --workers, or lower the load.`
    : `${cores}: lower the load, or use a larger machine.`
}

/** The verdict of several checks. */
export function worst(judged: readonly ValidityCheck[]): TestResult['validity']['verdict'] {
  const verdicts = new Set<string>(judged.map((check) => check.verdict))
  if (verdicts.has('void')) return 'void'
  return verdicts.has('warn') ? 'warn' : 'ok'
}
