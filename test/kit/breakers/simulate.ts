import { BreakerView, createBreakerTest, stepOf } from '../../../src/analysis/index.ts'
import type { RunData } from '../../../src/analysis/index.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { LinkProtocol } from '../../../src/model/link-fault.ts'
import type { RequestWindow } from '../../../src/model/sample.ts'
import { EventQueue } from '../event-queue.ts'
import { generatorWindow, healthyRecord, histogramOf } from '../healthy-record.ts'
import { SimulatedBreaker } from './simulated-breaker.ts'
import type { BreakerTruth, Outcome } from './simulated-breaker.ts'
import { SimulatedLink } from './simulated-link.ts'

export interface SimulatedBreakerRun {
  readonly truth: BreakerTruth
  readonly seed: number
  readonly seconds?: number
  readonly perSec?: number
  /** What the dependency speaks; default: HTTP. */
  readonly protocol?: LinkProtocol
  /** The run was killed then: its record breaks off. */
  readonly killedSec?: number
  /** Share of the requests that need the dependency. */
  readonly needs?: number
  /** Each request also calls `stock`, unless it has failed by then: what the second dependency has of the breaker of the first. */
  readonly second?: 'isolated' | 'shares the breaker'
}

const link = 'payments'
const test = 'the test'
const startSec = 2
const tickSec = 0.1

type What =
  | { readonly kind: 'arrival' }
  | { readonly kind: 'end'; readonly call: Call; readonly outcome: Outcome }
  | { readonly kind: 'tick'; readonly tenth: number }
  | { readonly kind: 'look' }

interface Call {
  readonly as: 'call' | 'probe'
  readonly from: number
  /** It got as far as the link's other side. */
  readonly isCounted: boolean
  isOver: boolean
}

/** A whole test of a breaker on virtual time: clients that arrive by chance, a target with the breaker, and a record as the run would write it. */
export function simulateBreakerTest(run: SimulatedBreakerRun): RunData {
  return new Simulation(run).run()
}

class Simulation {
  readonly #options: SimulatedBreakerRun
  readonly #seconds: number
  readonly #random: () => number
  readonly #queue = new EventQueue<What>()
  readonly #breaker: SimulatedBreaker
  readonly #link: SimulatedLink
  readonly #data: RunData
  readonly #open = new Set<Call>()
  #tenth = { calls: 0, answered: 0, failed: 0, broken: 0 }
  #stock = 0
  #begun = 0
  #times: number[] = []
  #failed = 0
  #now = 0

  constructor(options: SimulatedBreakerRun) {
    const { seed, truth, seconds = 120 } = options
    const source = seededRandom(seed)
    this.#options = options
    this.#seconds = seconds
    this.#random = () => source.next()
    this.#breaker = new SimulatedBreaker(truth, this.#random)
    this.#link = new SimulatedLink(this.#random)
    const links = [link, ...(options.second === undefined ? [] : ['stock'])]
    this.#data = healthyRecord({ seconds: 0, end: 'killed', spec: { durationSec: seconds, links } })
  }

  run(): RunData {
    const record = this.#data.tests[0]
    if (record === undefined) throw new Error('a record without a test')
    const view = new BreakerView(record, link)
    const machine = createBreakerTest({
      link,
      protocol: this.#options.protocol ?? 'http',
      fromSec: 0,
      toSec: this.#seconds,
      view,
    })
    this.#queue.add(0, { kind: 'arrival' })
    // The test looks ten times a second as well, at no particular time of a tenth.
    const phaseSec = tickSec * this.#random()
    for (let tenth = 1; tenth <= this.#seconds * 10; tenth++) {
      this.#queue.add(tenth * tickSec, { kind: 'tick', tenth })
      this.#queue.add(tenth * tickSec + phaseSec, { kind: 'look' })
    }
    for (let event = this.#queue.take(); event !== undefined; event = this.#queue.take()) {
      this.#now = event.at
      const { what } = event
      if (what.kind === 'arrival') this.#arrive()
      if (what.kind === 'end') this.#end(what.call, what.outcome)
      if (what.kind === 'look')
        for (const move of machine.next(this.#now) ?? []) {
          if (move.kind === 'lay') this.#lay(move)
          if (move.kind === 'lift') this.#link.lift(move)
          this.#data.addEvent({ t: startSec + this.#now, kind: 'breaker-step', test, ...stepOf(move, link) })
        }
      if (what.kind !== 'tick') continue
      this.#write(what.tenth)
      if (this.#now >= (this.#options.killedSec ?? Infinity)) return this.#data
      if (what.tenth === this.#seconds * 10) break
    }
    const t = startSec + this.#seconds
    this.#data.addEvent({ t, kind: 'load-ended', test, reason: 'completed' })
    this.#data.addEvent({ t, kind: 'test-ended', test, reason: 'completed' })
    this.#data.addEvent({ t, kind: 'run-ended', reason: 'completed' })
    return this.#data
  }

  /** A reset breaks what is on its way as well. */
  #lay(fault: Parameters<SimulatedLink['lay']>[0]): void {
    this.#link.lay(fault)
    if (fault.action.kind === 'reset') for (const call of this.#open) this.#end(call, 'reset')
  }

  #arrive(): void {
    const { perSec = 50, needs = 1, second } = this.#options
    this.#queue.add(this.#now - Math.log(1 - this.#random()) / perSec, { kind: 'arrival' })
    this.#begun++
    if (this.#random() >= needs) return this.#answer(this.#now, true)
    const admitted = this.#breaker.admit(this.#now)
    if (second === 'isolated' || (second === 'shares the breaker' && admitted !== 'refused')) this.#stock++
    if (admitted === 'refused') {
      this.#queue.add(this.#now + (this.#breaker.truth.refusalSec ?? 0.001), {
        kind: 'end', call: { as: 'call', from: this.#now, isCounted: false, isOver: false }, outcome: 'error',
      }) // prettier-ignore
      return
    }
    this.#call(admitted)
  }

  #call(as: Call['as']): void {
    const { outcome, sec } = this.#link.fate()
    const call: Call = { as, from: this.#now, isCounted: outcome !== 'reset', isOver: false }
    this.#open.add(call)
    if (outcome === 'reset') this.#tenth.broken++
    else this.#tenth.calls++
    if (sec !== null) this.#queue.add(this.#now + sec, { kind: 'end', call, outcome })
    const { timeoutSec, waitsForProbe } = this.#breaker.truth
    if (timeoutSec !== undefined && !(waitsForProbe && as === 'probe'))
      this.#queue.add(this.#now + timeoutSec, { kind: 'end', call, outcome: 'time-out' })
  }

  #end(call: Call, outcome: Outcome): void {
    if (call.isOver) return
    call.isOver = true
    const { fallback } = this.#breaker.truth
    if (this.#open.delete(call)) {
      if (outcome === 'ok' || outcome === 'client-error') this.#tenth.answered++
      else if (call.isCounted) this.#tenth.failed++
      this.#breaker.done(call.as, outcome, this.#now)
    }
    this.#answer(call.from, outcome === 'ok' || fallback === true)
  }

  #answer(from: number, isGood: boolean): void {
    this.#times.push(Math.max(500, Math.round((this.#now - from) * 1e6)))
    if (!isGood) this.#failed++
  }

  #write(tenth: number): void {
    const { calls, answered, failed, broken } = this.#tenth
    const t = startSec + this.#now - tickSec
    const rest = { connections: broken, open: 4, bytesUp: 0, bytesDown: 0 }
    if (calls + answered + failed + broken > 0)
      this.#data.addWindow({ t, kind: 'link', link, calls, answered, failed, broken, ...rest })
    if (this.#stock > 0) {
      const stock = { calls: this.#stock, answered: this.#stock, failed: 0, broken: 0, ...rest }
      this.#data.addWindow({ t, kind: 'link', link: 'stock', ...stock })
    }
    this.#stock = 0
    this.#tenth = { calls: 0, answered: 0, failed: 0, broken: 0 }
    if (tenth % 10 === 0) this.#second(tenth / 10 - 1)
  }

  #second(sec: number): void {
    const response = histogramOf(this.#times)
    const failures = this.#failed === 0 ? {} : { status: this.#failed }
    const request: RequestWindow = {
      ...{ kind: 'request', name: 'POST /orders', count: this.#times.length, failed: this.#failed, bytesIn: 0, bytesOut: 0 },
      ...{ response, service: response, censored: histogramOf([]), failures, statuses: {}, parts: {} },
    }
    const at = { t: startSec + sec, test }
    const checks = { passed: this.#times.length - this.#failed, failed: this.#failed }
    this.#data.addWindow({ ...at, ...request })
    this.#data.addWindow({ ...at, kind: 'check', name: 'order accepted', ...checks })
    this.#data.addWindow({ ...at, ...generatorWindow({ count: this.#begun, busySec: 0.1, users: 1, random: this.#random }) })
    this.#begun = 0
    this.#times = []
    this.#failed = 0
  }
}
