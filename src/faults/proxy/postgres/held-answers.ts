import type { CallToxic } from '../protocol.ts'
import type { Session } from './session.ts'

/** So much may be held of a connection before its server has to wait. */
const mostHeld = 256 * 1024

/** Of toxics that hold a limited number of connections: those that they hold. */
const holding = new WeakMap<CallToxic, Set<HeldAnswers>>()

/**
 * `exhaust-pool`: once logged in, a connection gets no answers until the toxic is gone, and then all of them in order. To the pool of the target it is
 * in use all that time, while the database is idle. With `connections` so many are held: those that are in use first, and another one for each that leaves.
 */
export class HeldAnswers {
  readonly #session: Session
  readonly #goOn: (chunk: Buffer) => void
  readonly #goEnd: () => void
  readonly #chunks: Buffer[] = []
  readonly #drawn = new Map<CallToxic, boolean>()
  #bytes = 0
  #isEnded = false
  #isGivenUp = false

  constructor(session: Session, goOn: (chunk: Buffer) => void, goEnd: () => void) {
    this.#session = session
    this.#goOn = goOn
    this.#goEnd = goEnd
  }

  get isFull(): boolean {
    return this.#bytes > mostHeld
  }

  write(chunk: Buffer): void {
    if (!this.#isHeld()) {
      this.#goOn(chunk)
      return
    }
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  end(): void {
    if (this.#chunks.length > 0) this.#isEnded = true
    else this.#goEnd()
  }

  /** Toxics have come or gone. Who is told nothing meets none of them. */
  changed(): void {
    if (this.#chunks.length > 0 && !this.#isHeld()) this.#release()
  }

  /** The client has left: there is nobody to be kept waiting. */
  giveUp(): void {
    this.leave()
    this.#release()
  }

  /** The connection is over: another one may be held in its place. */
  leave(): void {
    this.#isGivenUp = true
    for (const toxic of this.#session.toxics('exhaust-pool')) holding.get(toxic)?.delete(this)
  }

  #isHeld(): boolean {
    const { connection, status } = this.#session
    if (connection.toxics().length === 0 || status === undefined || this.#isGivenUp) return false
    return this.#session.toxics('exhaust-pool').some((toxic) => this.#meets(toxic))
  }

  #meets(toxic: CallToxic): boolean {
    const { action } = toxic.spec
    const most = action.kind === 'exhaust-pool' ? action.connections : undefined
    return most === undefined ? this.#isDrawn(toxic) : this.#isAmong(toxic, most)
  }

  /** Once a connection. */
  #isDrawn(toxic: CallToxic): boolean {
    let isMet = this.#drawn.get(toxic)
    if (isMet === undefined) {
      isMet = toxic.meets()
      this.#drawn.set(toxic, isMet)
    }
    return isMet
  }

  /** What nobody asked for (a notification) makes no connection one of those in use. */
  #isAmong(toxic: CallToxic, most: number): boolean {
    const held = holding.get(toxic) ?? new Set()
    holding.set(toxic, held)
    if (held.has(this)) return true
    if (held.size >= most || !this.#session.isBusy || !this.#isDrawn(toxic)) return false
    held.add(this)
    return true
  }

  #release(): void {
    this.#bytes = 0
    for (const chunk of this.#chunks.splice(0)) this.#goOn(chunk)
    if (!this.#isEnded) return
    this.#isEnded = false
    this.#goEnd()
  }
}
