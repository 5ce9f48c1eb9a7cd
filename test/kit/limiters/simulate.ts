import type { LimiterMove, LimiterVariant, RunData } from '../../../src/analysis/index.ts'
import { createLimiterTest, LimiterView } from '../../../src/analysis/index.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { LimiterKeySpec, LimiterSpec } from '../../../src/model/limiter-spec.ts'
import type { LimiterAnswer, LimiterStage } from '../../../src/model/limiter-step.ts'
import { healthyRecord } from '../healthy-record.ts'
import type { LimiterTruth } from './limiter-model.ts'
import { LimiterModel } from './limiter-model.ts'

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
  #stream: (Extract<LimiterMove, { kind: 'stream' }> & { from: number; sent: number }) | undefined
  #busy: number[] = []
  /** Which of the client's connections a request goes over. */
  #connection = 0
  #now = 0

  constructor(options: SimulatedLimiterRun) {
    const { seed, truth, seconds = 60, keys, expect = {}, maxPerSec = 500 } = options
    const source = seededRandom(seed)
    this.#options = options
    this.#seconds = seconds
    this.#random = () => source.next()
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
      this.#flow(this.#now)
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
        this.#flow(this.#now)
        this.#stream = undefined
        return
      case 'burst':
        this.#write(move.stage, this.#burst(move))
        return
      case 'vary':
        this.#write(move.stage, this.#vary(move))
    }
  }

  #note(stage: LimiterStage, step: { step: 'begun' | 'ended' } | { step: 'skipped'; why: string }): void {
    this.#data.addEvent({ t: startSec + this.#now, kind: 'limiter-step', test, limiter: simulatedLimiter, stage, ...step })
  }

  #write(stage: LimiterStage, answers: readonly LimiterAnswer[]): void {
    if (answers.length === 0) return
    this.#data.addEvent({
      t: startSec + this.#now,
      kind: 'limiter-step',
      test,
      limiter: simulatedLimiter,
      stage,
      step: 'answers',
      answers,
    })
  }

  /** What the stream sent until now. */
  #flow(until: number): void {
    const stream = this.#stream
    if (stream === undefined) return
    const answers: LimiterAnswer[] = []
    for (; stream.from + stream.sent / stream.perSec <= until; stream.sent++) {
      const key = stream.key + (stream.sent % (stream.keys ?? 1))
      this.#connection = stream.sent % (this.#options.connections ?? 1)
      // A timer is late by up to a millisecond.
      answers.push(this.#ask(key, stream.part, stream.from + stream.sent / stream.perSec + 0.001 * this.#random()))
    }
    this.#write(stream.stage, answers)
  }

  #burst({ key, count, untilRefused, together = 0, atSec }: Extract<LimiterMove, { kind: 'burst' }>): LimiterAnswer[] {
    let at = Math.max(this.#now, atSec ?? 0)
    this.#connection = 0
    const answers: LimiterAnswer[] = []
    for (let i = 0; i < count; i++) {
      const answer = this.#ask(key, 'one', at)
      answers.push(answer)
      at += answer.ms / 1000
      if (untilRefused === true && answer.status === 429) break
    }
    const { truth } = this.#model
    // All of them look before the first one has written.
    const racers = truth.defect === 'racy' && this.#model.wouldAccept(this.#name(key), at) ? together : 0
    for (let i = 0; i < together; i++) {
      const answer = this.#ask(key, 'together', at + i * 1e-5)
      answers.push(i < racers ? { ...answer, status: 401 } : answer)
    }
    this.#now = Math.max(this.#now, at)
    return answers
  }

  #vary({ key, variants, rounds, others, most }: Extract<LimiterMove, { kind: 'vary' }>): LimiterAnswer[] {
    const answers: LimiterAnswer[] = []
    let at = this.#now
    this.#connection = 0
    const ask = (who: number, part: string, variant?: LimiterVariant): LimiterAnswer => {
      const answer = this.#ask(who, part, at, variant)
      answers.push(answer)
      at += answer.ms / 1000
      return answer
    }
    for (const variant of variants) {
      let good = 0
      for (let round = 0; good < rounds && round < 3 * rounds; round++) {
        let isDrained = false
        for (let i = 0; i < most && !isDrained; i++) isDrained = ask(key, 'control').status === 429
        ask(variant === 'another key' ? (others[good] ?? key) : key, variant, variant)
        const isStill = ask(key, 'control').status === 429
        if ((isDrained && isStill) || variant === 'another key') good += 1
      }
    }
    this.#flow(at)
    this.#now = Math.max(this.#now, at)
    return answers
  }

  #name(key: number, variant?: LimiterVariant): string {
    const { defect } = this.#model.truth
    const evades =
      (defect === 'by x-forwarded-for' && variant === 'x-forwarded-for') ||
      (defect === 'by path' && (variant === 'path case' || variant === 'trailing slash')) ||
      (defect === 'by query' && variant === 'query') ||
      (defect === 'by method' && variant === 'method') ||
      (defect === 'by connection' && variant === 'new connection')
    if (defect === 'by connection' && variant === undefined) return `${String(key)} over ${String(this.#connection)}`
    return evades ? `${String(key)} ${variant} ${String(this.#random())}` : String(key)
  }

  #ask(key: number, part: string, at: number, variant?: LimiterVariant): LimiterAnswer {
    const { cap } = this.#options
    const ms = 0.5 + this.#random()
    if (cap !== undefined) {
      this.#busy = this.#busy.filter((end) => end > at)
      if (this.#busy.length >= cap.inFlight) return { at, ms, status: 429, key, part }
      this.#busy.push(at + cap.sec)
      return { at, ms: 1000 * cap.sec, status: 401, key, part }
    }
    const { isAccepted, waitSec, said } = this.#model.decide(this.#name(key, variant), at)
    // PUT is not served there.
    const usual = variant === 'method' && this.#model.truth.defect !== 'by method' ? 404 : 401
    return { at, ms: ms + 1000 * waitSec, status: isAccepted ? usual : 429, key, part, said }
  }
}
