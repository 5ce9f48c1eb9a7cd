import type { LimiterMove, LimiterVariant, RunData } from '../../../src/analysis/index.ts'
import { createLimiterTest, LimiterView, variedRequests } from '../../../src/analysis/index.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { LimiterKeySpec, LimiterSpec } from '../../../src/model/limiter-spec.ts'
import type { LimiterAnswer, LimiterStage } from '../../../src/model/limiter-step.ts'
import { healthyRecord } from '../healthy-record.ts'
import type { LimiterTruth } from './limiter-model.ts'
import { LimiterModel, readsFirst } from './limiter-model.ts'
import { Stalls } from './stalls.ts'

export interface SimulatedLimiterRun {
  readonly truth: LimiterTruth
  readonly seed: number
  readonly seconds?: number
  readonly expect?: LimiterSpec['expect']
  /** Keys that the plan has; absent: addresses. */
  readonly keys?: number
  readonly maxPerSec?: number
  readonly killedSec?: number
  /** Of the stream of one client: of a slow server it has several at a time. */
  readonly connections?: number
  /** Most that may be done at once, instead of a rate. */
  readonly cap?: { readonly inFlight: number; readonly sec: number }
  /** The reset is said in `X-RateLimit-Reset`. */
  readonly isOwnReset?: true
  /** A busy machine: each answer takes up to so long, and is decided on somewhere in between. */
  readonly slowSec?: number
  /** Twice a second, neither sends nor receives anything for up to so long; and decides on nothing. */
  readonly clientStallsSec?: number
  readonly serverStallsSec?: number
}

/** Sent, and not decided on by the server or not received by the client yet. */
interface UnderWay {
  readonly stage: LimiterStage
  readonly sent: Sent
  readonly decidedSec: number
  readonly backSec: number
}

interface Sent {
  readonly at: number
  readonly key: number
  readonly part: string
  readonly variant?: LimiterVariant
  /** Which of the client's connections it goes over. */
  readonly connection: number
}

const test = 'the test'
const startSec = 2
export const simulatedLimiter = 'login'

/** A whole test of a limiter on virtual time: its clients, the limiter, and a record as the run would write it. */
export function simulateLimiterTest(run: SimulatedLimiterRun): RunData {
  return new Simulation(run).run()
}

class Simulation {
  readonly #options: SimulatedLimiterRun
  readonly #seconds: number
  readonly #random: () => number
  readonly #model: LimiterModel
  readonly #data: RunData
  readonly #spec: LimiterSpec
  readonly #client: Stalls
  readonly #server: Stalls
  #stream: (Extract<LimiterMove, { kind: 'stream' }> & { from: number; sent: number }) | undefined
  #underWay: UnderWay[] = []
  #answered: { readonly stage: LimiterStage; readonly answer: LimiterAnswer; readonly endSec: number }[] = []
  #busy: number[] = []
  #now = 0

  constructor(options: SimulatedLimiterRun) {
    const { seed, truth, seconds = 60, keys, expect = {}, maxPerSec = 500, clientStallsSec = 0, serverStallsSec = 0 } = options
    const source = seededRandom(seed)
    this.#options = options
    this.#seconds = seconds
    this.#random = () => source.next()
    this.#client = new Stalls(clientStallsSec, seededRandom(seed, 1))
    this.#server = new Stalls(serverStallsSec, seededRandom(seed, 2))
    this.#model = new LimiterModel(truth)
    const key: LimiterKeySpec =
      keys === undefined
        ? { kind: 'address' }
        : { kind: 'header', name: 'authorization', values: Array.from({ length: keys }, (_, i) => `Bearer ${String(i)}`) }
    const request = { method: 'POST', path: '/login', headers: {} }
    this.#spec = { name: simulatedLimiter, request, key, refused: [429], expect, maxPerSec }
    this.#data = healthyRecord({ seconds: 0, end: 'killed', spec: { durationSec: seconds }, plan: { limiters: [this.#spec] } })
  }

  run(): RunData {
    const { keys = 20_000, killedSec = Infinity } = this.#options
    const record = this.#data.tests[0]
    if (record === undefined) throw new Error('a record without a test')
    const view = new LimiterView(record, simulatedLimiter)
    const machine = createLimiterTest({ spec: this.#spec, keys, hasAddresses: true, fromSec: 0, toSec: this.#seconds, view })
    while (this.#now < Math.min(this.#seconds, killedSec)) {
      this.#now += 0.1
      this.#advance(this.#now)
      this.#deliver()
      const moves = machine.next(this.#now)
      if (moves === undefined) break
      for (const move of moves) this.#make(move)
    }
    if (killedSec < Infinity) return this.#data
    const t = startSec + this.#seconds
    this.#data.addEvent({ t, kind: 'load-ended', test, reason: 'completed' })
    this.#data.addEvent({ t, kind: 'test-ended', test, reason: 'completed' })
    this.#data.addEvent({ t, kind: 'run-ended', reason: 'completed' })
    return this.#data
  }

  #make(move: LimiterMove): void {
    switch (move.kind) {
      case 'note':
        this.#note(move.stage, { step: move.step })
        return
      case 'skip':
        this.#note(move.stage, { step: 'skipped', why: move.why })
        return
      case 'stream':
        this.#stream = { ...move, from: this.#now, sent: 0 }
        return
      case 'stop':
        this.#advance(this.#now)
        this.#stream = undefined
        return
      case 'burst':
        this.#burst(move)
        this.#deliver()
        return
      case 'vary':
        this.#vary(move)
        this.#deliver()
    }
  }

  #note(stage: LimiterStage, step: { step: 'begun' | 'ended' } | { step: 'skipped'; why: string }): void {
    this.#data.addEvent({ t: startSec + this.#now, kind: 'limiter-step', test, limiter: simulatedLimiter, stage, ...step })
  }

  /** Writes down what came back by now. */
  #deliver(): void {
    const back = this.#answered.filter(({ endSec }) => endSec <= this.#now)
    this.#answered = this.#answered.filter(({ endSec }) => endSec > this.#now)
    for (const stage of new Set(back.map((one) => one.stage)))
      this.#data.addEvent({
        t: startSec + this.#now,
        kind: 'limiter-step',
        test,
        limiter: simulatedLimiter,
        stage,
        step: 'answers',
        answers: back.filter((one) => one.stage === stage).map(({ answer }) => answer),
      })
  }

  /** What the stream sends until then, and what the server has decided on by then. */
  #advance(until: number): void {
    const stream = this.#stream
    while (stream !== undefined && stream.from + stream.sent / stream.perSec <= until) {
      const { key, keys = 1, perSec, from, part, stage } = stream
      // A timer is late by up to a millisecond.
      const at = this.#client.onward(from + stream.sent / perSec + 0.001 * this.#random())
      const connection = stream.sent % (this.#options.connections ?? 1)
      this.#underWay.push(this.#send(stage, { at, part, connection, key: key + (stream.sent % keys) }))
      stream.sent += 1
    }
    const decided = this.#underWay.filter(({ decidedSec }) => decidedSec <= until).sort((a, b) => a.decidedSec - b.decidedSec)
    this.#underWay = this.#underWay.filter(({ decidedSec }) => decidedSec > until)
    for (const one of decided) this.#decide(one)
  }

  /** On its way there, and back. */
  #send(stage: LimiterStage, sent: Sent): UnderWay {
    const { slowSec = 0 } = this.#options
    const wholeSec = slowSec * this.#random()
    const thereSec = wholeSec * this.#random()
    const decidedSec = this.#server.onward(sent.at + thereSec)
    const backSec = this.#client.onward(decidedSec + wholeSec - thereSec + 0.0005 + 0.001 * this.#random())
    return { stage, sent, decidedSec, backSec }
  }

  #decide({ stage, sent, decidedSec, backSec }: UnderWay, isRacer = false): LimiterAnswer {
    const { at, key, part } = sent
    const { status, waitSec, said } = this.#decision(sent, decidedSec)
    const endSec = backSec + waitSec
    const answer = {
      at,
      ms: 1000 * (endSec - at),
      status: isRacer ? 401 : status,
      key,
      part,
      ...(said === undefined ? {} : { said }),
    }
    this.#answered.push({ stage, answer, endSec })
    return answer
  }

  #burst({
    stage,
    key,
    count,
    untilRefused,
    together = 0,
    atSec,
    withinSec = Infinity,
  }: Extract<LimiterMove, { kind: 'burst' }>): void {
    let at = Math.max(this.#now, atSec ?? 0)
    const endSec = at + withinSec
    for (let i = 0; i < count && at < endSec; i++) {
      const answer = this.#ask(stage, { at, key, part: 'one' })
      at = endOf(answer)
      if (untilRefused === true && answer.status === 429) break
    }
    at = this.#client.onward(at)
    const many = Array.from({ length: together }, (_, i) =>
      this.#send(stage, { at: at + i * 1e-5, key, part: 'together', connection: 0 }),
    ).sort((a, b) => a.decidedSec - b.decidedSec)
    const [first] = many
    if (first !== undefined) {
      this.#advance(first.decidedSec)
      const { truth } = this.#model
      // All of them look before the first one has written: a store takes as long as everything else does there.
      const isOpen = truth.defect === 'racy' && !readsFirst(truth) && this.#model.wouldAccept(this.#name(key), first.decidedSec)
      for (const one of many) at = Math.max(at, endOf(this.#decide(one, isOpen)))
    }
    this.#now = Math.max(this.#now, at)
  }

  #vary(move: Extract<LimiterMove, { kind: 'vary' }>): void {
    const requests = variedRequests(move)
    let at = this.#now
    let next = requests.next()
    while (next.done !== true && at < this.#seconds) {
      const answer = this.#ask(move.stage, { at, ...next.value })
      at = endOf(answer)
      next = requests.next(answer.status === 429)
    }
    this.#now = Math.max(this.#now, at)
  }

  /** And waits for the answer. */
  #ask(stage: LimiterStage, { at, ...sent }: Omit<Sent, 'connection'>): LimiterAnswer {
    const one = this.#send(stage, { ...sent, at: this.#client.onward(at), connection: 0 })
    this.#advance(one.decidedSec)
    return this.#decide(one)
  }

  #name(key: number, variant?: LimiterVariant, connection = 0): string {
    const { defect } = this.#model.truth
    const evades =
      (defect === 'by x-forwarded-for' && variant === 'x-forwarded-for') ||
      (defect === 'by path' && (variant === 'path case' || variant === 'trailing slash')) ||
      (defect === 'by query' && variant === 'query') ||
      (defect === 'by method' && variant === 'method') ||
      (defect === 'by connection' && variant === 'new connection')
    if (defect === 'by connection' && variant === undefined) return `${String(key)} over ${String(connection)}`
    return evades ? `${String(key)} ${variant} ${String(this.#random())}` : String(key)
  }

  #decision(
    { key, variant, connection }: Sent,
    sec: number,
  ): { readonly status: number; readonly waitSec: number; readonly said?: LimiterAnswer['said'] } {
    const { cap } = this.#options
    if (cap !== undefined) {
      this.#busy = this.#busy.filter((end) => end > sec)
      if (this.#busy.length >= cap.inFlight) return { status: 429, waitSec: 0 }
      this.#busy.push(sec + cap.sec)
      return { status: 401, waitSec: cap.sec }
    }
    const { isAccepted, waitSec, said } = this.#model.decide(this.#name(key, variant, connection), sec)
    // PUT is not served there.
    const usual = variant === 'method' && this.#model.truth.defect !== 'by method' ? 404 : 401
    const isOwn = this.#options.isOwnReset === true
    return { status: isAccepted ? usual : 429, waitSec, said: isOwn ? { ...said, isOwnReset: true } : said }
  }
}

function endOf({ at, ms }: LimiterAnswer): number {
  return at + ms / 1000
}
