/** A connection pool of known behaviour, on virtual time. Without a defect it is a correct one. */
export interface PoolTruth {
  /** Its size; `Infinity`: it has none. */
  readonly limit: number
  /** Connections that the database has for it. */
  readonly room: number
  /** Mean time that a request holds a connection; each between half and one and a half of it. */
  readonly holdSec: number
  /** A wait for a connection ends with an error after this; absent: never. */
  readonly waitSec?: number
  /** A statement is given up after this; its connection is closed, unless it leaks. */
  readonly statementSec?: number
  /** Of the connections whose statement was given up, those that never come back to the pool: this share of them. */
  readonly leaks?: number
  /** And their transaction is never ended. */
  readonly staysOpen?: true
  /** Each connection is closed after its request: there is no pool, only a limit. */
  readonly closes?: true
  /** Once it was full, a request holds its connection for so many times as long. */
  readonly slowAfter?: number
}

/** As pools are by default: who waits, waits for ever. */
export const patientPool: PoolTruth = { limit: 10, room: 97, holdSec: 0.03 }

export const correctPool: PoolTruth = { ...patientPool, waitSec: 0.8 }

export interface PoolRequest {
  readonly from: number
  /** The client was answered, or has gone. */
  isOver: boolean
}

interface PoolConnection {
  request: PoolRequest | undefined
  /** The answer is on its way, and does not arrive. */
  isHeld: boolean
  isGivenUp: boolean
  isLost: boolean
  /** How many requests it has had. */
  turn: number
}

export type PoolEvent =
  | { readonly kind: 'answer'; readonly connection: PoolConnection; readonly turn: number }
  | { readonly kind: 'statement-over'; readonly connection: PoolConnection; readonly turn: number }
  | { readonly kind: 'wait-over'; readonly request: PoolRequest }

export interface PoolSurroundings {
  readonly random: () => number
  readonly now: () => number
  readonly later: (sec: number, event: PoolEvent) => void
  readonly answer: (request: PoolRequest, isGood: boolean) => void
}

/** The pool, the link behind it and the database. */
export class SimulatedPool {
  readonly #truth: PoolTruth
  readonly #around: PoolSurroundings
  readonly #connections = new Set<PoolConnection>()
  readonly #idle: PoolConnection[] = []
  readonly #waiting: PoolRequest[] = []
  #busy = 0
  #busySec = 0
  #sinceSec = 0
  /** Answers to so many connections are held. */
  #holds = 0
  #wasFull = false
  #isTaken = false
  readonly counts = { calls: 0, answered: 0, failed: 0, connections: 0, tooMany: 0 }

  constructor(truth: PoolTruth, around: PoolSurroundings) {
    this.#truth = truth
    this.#around = around
  }

  get open(): number {
    return this.#connections.size
  }

  get busy(): number {
    return this.#busy
  }

  /** Connection-seconds in use since it was last asked. */
  takeBusySec(): number {
    this.#use(0)
    const sec = this.#busySec
    this.#busySec = 0
    return sec
  }

  ask(request: PoolRequest): void {
    const { limit, room, waitSec } = this.#truth
    const idle = this.#idle.pop()
    if (idle !== undefined) this.#begin(idle, request)
    else if (this.open < limit) {
      this.counts.connections++
      if (this.open >= room || this.#isTaken) {
        this.counts.tooMany++
        this.#around.answer(request, false)
      } else {
        const fresh = { request: undefined, isHeld: false, isGivenUp: false, isLost: false, turn: 0 }
        this.#connections.add(fresh)
        this.#begin(fresh, request)
      }
    } else {
      this.#waiting.push(request)
      if (waitSec !== undefined) this.#around.later(waitSec, { kind: 'wait-over', request })
    }
  }

  hold(connections = Infinity): void {
    this.#holds = connections
  }

  release(): void {
    if (this.#holds === Infinity) this.#wasFull = true
    this.#holds = 0
    for (const connection of [...this.#connections]) if (connection.isHeld) this.#arrive(connection)
  }

  take(isTaken: boolean): void {
    this.#isTaken = isTaken
  }

  happen(event: PoolEvent): void {
    if (event.kind === 'wait-over') {
      const at = this.#waiting.indexOf(event.request)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      this.#around.answer(event.request, false)
      return
    }
    const { connection, turn } = event
    if (connection.turn !== turn || !this.#connections.has(connection)) return
    if (event.kind === 'statement-over') this.#giveUp(connection)
    else if ([...this.#connections].filter(({ isHeld }) => isHeld).length < this.#holds) connection.isHeld = true
    else this.#arrive(connection)
  }

  #begin(connection: PoolConnection, request: PoolRequest): void {
    const { holdSec, slowAfter = 1, statementSec } = this.#truth
    connection.request = request
    connection.turn++
    this.counts.calls++
    this.#use(1)
    const sec = holdSec * (0.5 + this.#around.random()) * (this.#wasFull ? slowAfter : 1)
    this.#around.later(sec, { kind: 'answer', connection, turn: connection.turn })
    if (statementSec !== undefined)
      this.#around.later(statementSec, { kind: 'statement-over', connection, turn: connection.turn })
  }

  /** The answer reaches the target. */
  #arrive(connection: PoolConnection): void {
    const { request } = connection
    connection.isHeld = false
    connection.request = undefined
    connection.turn++
    this.counts.answered++
    if (!(connection.isLost && this.#truth.staysOpen === true)) this.#use(-1)
    if (request !== undefined && !connection.isGivenUp) this.#around.answer(request, true)
    connection.isGivenUp = false
    if (!connection.isLost) this.#free(connection)
  }

  #giveUp(connection: PoolConnection): void {
    const { request } = connection
    if (request === undefined || connection.isGivenUp) return
    connection.isGivenUp = true
    this.#around.answer(request, false)
    if (this.#around.random() < (this.#truth.leaks ?? 0)) {
      connection.isLost = true
      return
    }
    this.#connections.delete(connection)
    this.counts.failed++
    this.#use(-1)
    const next = this.#waiting.shift()
    if (next !== undefined) this.ask(next)
  }

  #free(connection: PoolConnection): void {
    if (this.#truth.closes === true) this.#connections.delete(connection)
    const next = this.#waiting.shift()
    if (next === undefined) {
      if (this.#truth.closes !== true) this.#idle.push(connection)
    } else if (this.#truth.closes === true) this.ask(next)
    else this.#begin(connection, next)
  }

  #use(more: number): void {
    const now = this.#around.now()
    this.#busySec += this.#busy * (now - this.#sinceSec)
    this.#sinceSec = now
    this.#busy += more
  }
}
