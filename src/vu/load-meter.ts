import type { GeneratorWindow } from '../model/sample.ts'
import { LevelMeter } from './level-meter.ts'

/** A start later than this is late. */
const lateFromMs = 1

export type DropCause = keyof GeneratorWindow['dropped']

export type LoadWindow = Pick<
  GeneratorWindow,
  | 'lengthSec'
  | 'usersMean'
  | 'usersMax'
  | 'inFlightSec'
  | 'inFlightMax'
  | 'iterationsInFlightSec'
  | 'thinkSec'
  | 'outsideSec'
  | 'planned'
  | 'started'
  | 'queued'
  | 'dropped'
  | 'usersCapSec'
  | 'socketsCapSec'
  | 'lateSends'
  | 'sends'
  | 'gaps'
  | 'silenceMaxMs'
  | 'requestsStarted'
  | 'requestsInFlight'
>

/** The state of one test's load in one worker: levels as exact integrals, events as counts since the last window. */
export class LoadMeter {
  readonly users: LevelMeter
  readonly inFlight: LevelMeter
  readonly iterations: LevelMeter
  /** Loads at their cap of users. */
  readonly capped: LevelMeter
  /** 1 while somebody waits for a socket. */
  readonly starved: LevelMeter
  /** Users of a closed load in `start` and `stop`, and between two iterations. */
  readonly outside: LevelMeter
  thinkMs = 0
  #socketWaiters = 0
  #planned = 0
  #started = 0
  #queued = 0
  #dropped = { usersCap: 0, generator: 0, target: 0 }
  #late = 0
  #sends = 0
  #gapCount = 0
  #gapSum = 0
  #gapSquares = 0
  #requestsStarted = 0
  #heardMs: number
  #silenceMs = 0
  #cutMs: number

  constructor(nowMs: number) {
    this.users = new LevelMeter(nowMs)
    this.inFlight = new LevelMeter(nowMs)
    this.iterations = new LevelMeter(nowMs)
    this.outside = new LevelMeter(nowMs)
    this.capped = new LevelMeter(nowMs)
    this.starved = new LevelMeter(nowMs)
    this.#heardMs = nowMs
    this.#cutMs = nowMs
  }

  get queued(): number {
    return this.#queued
  }

  /** An arrival fell due; `gapMs` since the one before it, NaN for the first. */
  planned(gapMs: number): void {
    this.#planned++
    this.#queued++
    if (gapMs >= 0) {
      this.#gapCount++
      this.#gapSum += gapMs
      this.#gapSquares += gapMs * gapMs
    }
  }

  /** Starts an iteration; `capped`: it had to wait for a user, which is not the sender's lateness. */
  iterationStarted(nowMs: number, slipMs: number, arrival: boolean, capped: boolean): void {
    this.#started++
    this.#sends++
    if (arrival) this.#queued--
    else this.#planned++
    if (slipMs > lateFromMs && !capped) this.#late++
    this.iterations.change(nowMs, 1)
  }

  dropped(cause: DropCause, count: number): void {
    this.#dropped[cause] += count
    this.#queued -= count
  }

  // hot
  requestStarted(nowMs: number, sinceMs: number): void {
    this.#requestsStarted++
    if (this.inFlight.value === 0) this.#heardMs = nowMs
    this.inFlight.change(nowMs, 1)
    if (sinceMs < nowMs) this.inFlight.add(nowMs - sinceMs)
  }

  // hot
  requestEnded(nowMs: number): void {
    this.inFlight.change(nowMs, -1)
    // The last one may have ended in silence, by a time-out.
    if (this.inFlight.value === 0) this.#silenceMs = Math.max(this.#silenceMs, nowMs - this.#heardMs)
  }

  // hot
  heard(nowMs: number): void {
    const silence = nowMs - this.#heardMs
    if (silence > this.#silenceMs && this.inFlight.value > 0) this.#silenceMs = silence
    this.#heardMs = nowMs
  }

  socketWaiters(nowMs: number, change: number): void {
    this.#socketWaiters += change
    const starving = this.#socketWaiters > 0 ? 1 : 0
    if (starving !== this.starved.value) this.starved.change(nowMs, starving - this.starved.value)
  }

  /** Everything since the last cut, and a fresh start. */
  cut(nowMs: number): LoadWindow {
    const lengthSec = (nowMs - this.#cutMs) / 1000
    const users = this.users.cut(nowMs)
    const inFlight = this.inFlight.cut(nowMs)
    if (this.inFlight.value > 0) this.#silenceMs = Math.max(this.#silenceMs, nowMs - this.#heardMs)
    const window: LoadWindow = {
      lengthSec,
      usersMean: lengthSec > 0 ? users.areaSec / lengthSec : this.users.value,
      usersMax: users.max,
      inFlightSec: inFlight.areaSec,
      inFlightMax: inFlight.max,
      iterationsInFlightSec: this.iterations.cut(nowMs).areaSec,
      thinkSec: this.thinkMs / 1000,
      outsideSec: this.outside.cut(nowMs).areaSec,
      planned: this.#planned,
      started: this.#started,
      queued: this.#queued,
      dropped: this.#dropped,
      usersCapSec: Math.min(lengthSec, this.capped.cut(nowMs).areaSec),
      socketsCapSec: this.starved.cut(nowMs).areaSec,
      lateSends: this.#late,
      sends: this.#sends,
      gaps: { count: this.#gapCount, sum: this.#gapSum, sumSquares: this.#gapSquares },
      silenceMaxMs: this.#silenceMs,
      requestsStarted: this.#requestsStarted,
      requestsInFlight: this.inFlight.value,
    }
    this.#cutMs = nowMs
    this.thinkMs = 0
    this.#planned = this.#started = this.#late = this.#sends = this.#requestsStarted = 0
    this.#gapCount = this.#gapSum = this.#gapSquares = 0
    this.#silenceMs = 0
    this.#dropped = { usersCap: 0, generator: 0, target: 0 }
    return window
  }
}
