import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { ToolError } from '../base/errors.ts'
import { peakLevel } from '../load/index.ts'
import type { LoadSpec } from '../model/load-spec.ts'
import type { PlanSpec, TestSpec } from '../model/plan-spec.ts'

/**
 * The lowest real-time priority of Linux, which goes before everything that has none: what wakes such a thread, a timer or an answer, finds it at once,
 * while a thread of ordinary priority waits until the one that has the core has used its slice (about 3 ms with Linux' EEVDF).
 */
const realTime = ['--rr']
const ordinary = ['--other']

/**
 * Ours. A thread that sends so often is always about to: it spins until the next arrival is due, and would keep everybody from its core, helpers of its own
 * engine too, until Linux stops it for 50 ms of a second.
 */
const arrivalsPerSec = 200

/** Whether threads of ours may have real-time priority: root may, and whom RLIMIT_RTPRIO lets, where util-linux is installed. */
export function mayRunInRealTime(): boolean {
  return process.platform === 'linux' && scheduled(realTime, ['1', 'true'])
}

/** Children and threads begun from the one that is changed have no priority of it. */
function scheduled(policy: readonly string[], rest: readonly string[]): boolean {
  try {
    execFileSync('chrt', ['--reset-on-fork', ...policy, ...rest], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Generator {
  readonly spec: PlanSpec
  readonly workers: number
}

/**
 * Whether the generator's threads go before all else: where they may, where they leave a core to everybody else, and where they ask something outside
 * of them (functions under test that run on these threads compete for cores as anybody does).
 */
export function wantsRealTime({ spec, workers }: Generator): boolean {
  const asksOthers = spec.target !== undefined || Object.keys(spec.services).length > 0
  return asksOthers && workers < availableParallelism() && spec.tests.some((test) => sleeps(test, workers)) && mayRunInRealTime()
}

/** Whether a thread has nothing to do now and then, as users have who wait for answers. */
export function sleeps({ capacity, loads }: TestSpec, workers: number): boolean {
  const arrivals =
    capacity === undefined
      ? loads.reduce((sum, { load }) => sum + arrivalsOf(load), 0)
      : capacity.unit === 'perSec'
        ? capacity.to * Math.max(1, ...capacity.overload)
        : 0
  return arrivals / workers <= arrivalsPerSec
}

function arrivalsOf(load: LoadSpec): number {
  if (load.model === 'open') return peakLevel(load.stages)
  // Nobody knows how close to each other the times of a trace are until it is read.
  return load.model === 'trace' ? Infinity : 0
}

/** The priority of the generator's threads, test by test. */
export class GeneratorPriority {
  readonly #threads: readonly number[]
  #isRealTime = false

  constructor(threads: readonly number[]) {
    this.#threads = threads
  }

  /** @throws ToolError INTERNAL: refused although this process may */
  before(test: TestSpec): void {
    const wanted = sleeps(test, this.#threads.length)
    if (wanted === this.#isRealTime || this.#threads.length === 0) return
    if (!this.#threads.every((thread) => setPriority(thread, wanted)))
      throw new ToolError('INTERNAL', "The generator's threads were refused the priority that this process may give them.", {
        hint: 'With --normal-priority none is asked for.',
      })
    this.#isRealTime = wanted
  }
}

/** Of a thread of this process, until it is set again. */
export function setPriority(thread: number, isRealTime: boolean): boolean {
  return scheduled(isRealTime ? realTime : ordinary, ['--pid', isRealTime ? '1' : '0', String(thread)])
}
