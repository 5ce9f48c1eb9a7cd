import { createPoolTest, poolStepOf, PoolView } from '../../../src/analysis/index.ts'
import type { PoolMove, RunData } from '../../../src/analysis/index.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { ObjectiveSpec } from '../../../src/model/objective-spec.ts'
import type { PlanSpec } from '../../../src/model/plan-spec.ts'
import type { PoolStep } from '../../../src/model/pool-step.ts'
import type { RequestWindow, ScenarioWindow } from '../../../src/model/sample.ts'
import { EventQueue } from '../event-queue.ts'
import { closedLoad, generatorWindow, healthyRecord, histogramOf, openLoad } from '../healthy-record.ts'
import { SimulatedPool } from './simulated-pool.ts'
import type { PoolEvent, PoolRequest, PoolTruth } from './simulated-pool.ts'

export interface SimulatedPoolRun {
  readonly truth: PoolTruth
  readonly seed: number
  readonly seconds?: number
  readonly perSec?: number
  /** Instead of arrivals: so many users, who ask again when they were answered. */
  readonly users?: number
  /** Share of the requests that need the database. */
  readonly needs?: number
  /** After which clients give up. */
  readonly clientSec?: number
  readonly killedSec?: number
  readonly plan?: Partial<PlanSpec>
  readonly objectives?: readonly ObjectiveSpec[]
}

const link = 'db'
const test = 'the test'
const startSec = 2
const tickSec = 0.1

type What =
  | { readonly kind: 'arrival' }
  | { readonly kind: 'health'; readonly request: PoolRequest }
  | { readonly kind: 'client-gone'; readonly request: PoolRequest; readonly name: Name }
  | { readonly kind: 'pool'; readonly event: PoolEvent }
  | { readonly kind: 'tick'; readonly tenth: number }

const names = ['POST /orders', 'GET /health'] as const
type Name = (typeof names)[number]

/** A whole test of a pool on virtual time: clients, a target with the pool, and a record as the run would write it. */
export function simulatePoolTest(run: SimulatedPoolRun): RunData {
  return new Simulation(run).run()
}

class Simulation {
  readonly #options: SimulatedPoolRun
  readonly #seconds: number
  readonly #random: () => number
  readonly #queue = new EventQueue<What>()
  readonly #pool: SimulatedPool
  readonly #data: RunData
  #told = { calls: 0, answered: 0, failed: 0, connections: 0, tooMany: 0 }
  #ended = emptySecond()
  #begun = 0
  #inFlight = 0
  #now = 0

  constructor(options: SimulatedPoolRun) {
    const { seed, truth, seconds = 60, perSec = 60, users, plan, clientSec = 10, objectives = [] } = options
    const source = seededRandom(seed)
    this.#options = options
    this.#seconds = seconds
    this.#random = () => source.next()
    this.#pool = new SimulatedPool(truth, {
      random: this.#random,
      now: () => this.#now,
      later: (sec, event) => this.#queue.add(this.#now + sec, { kind: 'pool', event }),
      answer: (request, isGood) => this.#answer(request, 'POST /orders', isGood ? 'good' : 'error'),
    })
    const load = users === undefined ? openLoad(perSec, seconds) : closedLoad(users, seconds)
    const data = healthyRecord({ seconds: 0, end: 'killed', load, objectives, spec: { durationSec: seconds, links: [link] }, ...(plan === undefined ? {} : { plan }) }) // prettier-ignore
    Object.assign(data.header.plan.http, { timeoutMs: 1000 * clientSec, firstByteTimeoutMs: 1000 * clientSec })
    this.#data = data
  }

  run(): RunData {
    const { clientSec = 10, users } = this.#options
    const record = this.#data.tests[0]
    if (record === undefined) throw new Error('a record without a test')
    const view = new PoolView(record, link)
    const machine = createPoolTest({ link, fromSec: 0, toSec: this.#seconds, clientTimeoutSec: clientSec, view })
    for (let i = 0; i < (users ?? 1); i++) this.#queue.add(0.01 * i, { kind: 'arrival' })
    for (let tenth = 1; tenth <= this.#seconds * 10; tenth++) this.#queue.add(tenth * tickSec, { kind: 'tick', tenth })
    for (let event = this.#queue.take(); event !== undefined; event = this.#queue.take()) {
      this.#now = event.at
      const { what } = event
      if (what.kind === 'arrival') this.#arrive()
      if (what.kind === 'health') this.#answer(what.request, 'GET /health', 'good')
      if (what.kind === 'client-gone') this.#answer(what.request, what.name, 'gone')
      if (what.kind === 'pool') this.#pool.happen(what.event)
      if (what.kind !== 'tick') continue
      this.#write(what.tenth)
      if (this.#now >= (this.#options.killedSec ?? Infinity)) return this.#data
      if (what.tenth === this.#seconds * 10) break
      for (const move of machine.next(this.#now) ?? [])
        this.#data.addEvent({ t: startSec + this.#now, kind: 'pool-step', test, ...this.#make(move) })
    }
    const t = startSec + this.#seconds
    this.#data.addEvent({ t, kind: 'load-ended', test, reason: 'completed' })
    this.#data.addEvent({ t, kind: 'test-ended', test, reason: 'completed' })
    this.#data.addEvent({ t, kind: 'run-ended', reason: 'completed' })
    return this.#data
  }

  #make(move: PoolMove): PoolStep {
    const { stage } = move
    switch (move.kind) {
      case 'ask':
        return { link, stage, step: 'asked', room: { max: 100, reserved: 3, used: this.#pool.open } }
      case 'take':
      case 'give-back':
        this.#pool.take(move.kind === 'take')
        return { link, stage, step: move.kind === 'take' ? 'taken' : 'given-back', ok: true, evidence: 'simulated' }
      case 'hold':
        this.#pool.hold(move.connections)
        break
      case 'release':
        this.#pool.release()
        break
      default:
    }
    return poolStepOf(move, link)
  }

  #arrive(): void {
    const { perSec = 60, needs = 0.7, users, clientSec = 10 } = this.#options
    if (users === undefined) this.#queue.add(this.#now - Math.log(1 - this.#random()) / perSec, { kind: 'arrival' })
    this.#begun++
    this.#inFlight++
    const request: PoolRequest = { from: this.#now, isOver: false }
    const name: Name = this.#random() < needs ? 'POST /orders' : 'GET /health'
    this.#queue.add(this.#now + clientSec, { kind: 'client-gone', request, name })
    if (name === 'POST /orders') this.#pool.ask(request)
    else this.#queue.add(this.#now + 0.001 + 0.002 * this.#random(), { kind: 'health', request })
  }

  #answer(request: PoolRequest, name: Name, how: 'good' | 'error' | 'gone'): void {
    if (request.isOver) return
    request.isOver = true
    this.#inFlight--
    this.#ended[name][how].push(Math.max(300, Math.round((this.#now - request.from) * 1e6)))
    // Who was answered thinks for a moment, and asks again.
    if (this.#options.users !== undefined) this.#queue.add(this.#now + 0.2 + 0.2 * this.#random(), { kind: 'arrival' })
  }

  #write(tenth: number): void {
    const { counts, open, busy } = this.#pool
    const busySec = this.#pool.takeBusySec()
    const more = (key: keyof typeof counts): number => counts[key] - this.#told[key]
    const tooMany = more('tooMany')
    const window = { calls: more('calls'), answered: more('answered'), failed: more('failed'), connections: more('connections') }
    if (busySec > 0 || tooMany > 0 || window.calls + window.answered + window.failed > 0)
      this.#data.addWindow({
        ...{ t: startSec + this.#now - tickSec, kind: 'link', link, ...window, broken: 0, open, bytesUp: 0, bytesDown: 0 },
        ...(busy > 0 ? { busy } : {}),
        ...(busySec > 0 ? { busySec } : {}),
        ...(tooMany > 0 ? { tooMany } : {}),
      })
    this.#told = { ...counts }
    if (tenth % 10 === 0) this.#second(tenth / 10 - 1)
  }

  #second(sec: number): void {
    const at = { t: startSec + sec, test }
    const empty = histogramOf([])
    let all = 0
    for (const name of names) {
      const { good, error, gone } = this.#ended[name]
      const answered = histogramOf([...good, ...error])
      const window: RequestWindow = {
        ...{ kind: 'request', name, count: good.length + error.length + gone.length, failed: error.length + gone.length },
        ...{ bytesIn: 0, bytesOut: 0, response: answered, service: answered, censored: histogramOf(gone) },
        failures: {
          ...(error.length > 0 ? { status: error.length } : {}),
          ...(gone.length > 0 ? { 'timeout-first-byte': gone.length } : {}),
        },
        ...(error.length > 0 ? { failedResponse: histogramOf(error) } : {}),
        ...{ statuses: {}, parts: {} },
      }
      all += window.count
      if (window.count > 0) this.#data.addWindow({ ...at, ...window })
    }
    const scenario: ScenarioWindow = {
      ...{ kind: 'scenario', name: 'main', count: all, failed: 0, interrupted: 0, response: empty, slip: empty },
    }
    this.#data.addWindow({ ...at, ...scenario })
    const users = this.#options.users ?? 1
    const generator = generatorWindow({ count: this.#begun, busySec: 0.1, users, random: this.#random })
    this.#data.addWindow({ ...at, ...generator, requestsInFlight: this.#inFlight })
    this.#begun = 0
    this.#ended = emptySecond()
  }
}

type Second = Record<Name, { readonly good: number[]; readonly error: number[]; readonly gone: number[] }>

function emptySecond(): Second {
  const none = (): Second[Name] => ({ good: [], error: [], gone: [] })
  return { 'POST /orders': none(), 'GET /health': none() }
}
