import type { AttackSpec } from '../model/attack-spec.ts'
import type { AttackWindow } from '../model/attack-window.ts'
import { AttackConnection } from './connection.ts'
import type { Compared, Ended } from './connection.ts'
import type { Heard, Pattern } from './pattern.ts'
import { patternOf } from './registry.ts'
import { Tally } from './tally.ts'

/** Between two looks at what is due. */
const tickMs = 5
/** A thread that was held up does not make good for more than this at once. */
const mostLateSec = 0.25
/** Connections of a message flood are opened at this rate. */
const messagesOpenPerSec = 100
/** Closed sooner than this without an answer, a connection was not wanted. */
const unwantedSec = 1

export interface AttackerOptions {
  readonly spec: AttackSpec
  readonly test: string
  /** Start of the load on the run clock: windows begin on its whole seconds. */
  readonly startSec: number
  /** The address of the target, as it was looked up and allowed. */
  readonly address: string
  /** Run clock. */
  readonly nowSec: () => number
  readonly onWindows: (windows: readonly (AttackWindow & { readonly t: number })[]) => void
}

/** One attack, from its start to its end: opens connections from its sources at its rate, within its caps, and counts what becomes of them. */
export class Attacker {
  readonly #options: AttackerOptions
  readonly #pattern: Pattern
  readonly #tallies: readonly Tally[]
  readonly #connections = new Set<AttackConnection>()
  readonly #blockedBy: ReadonlySet<string>
  readonly #timer: NodeJS.Timeout
  readonly #beganSec: number
  #windowSec: number
  #lastSec: number
  #perSec: number
  #dueTries = 0
  #dueOpens = 0
  #tries = 0
  #opens = 0
  #bytes = 0
  #nextConnection = 0
  #isOver = false

  constructor(options: AttackerOptions) {
    const { spec, nowSec, startSec } = options
    this.#options = options
    this.#pattern = patternOf(spec.attack, spec.target)
    this.#tallies = (spec.sources.length === 0 ? [''] : spec.sources).map((source) => new Tally(source))
    this.#blockedBy = new Set(spec.blocked)
    this.#perSec = Math.min(spec.search?.rates[0] ?? spec.perSec, spec.caps.perSec)
    this.#beganSec = this.#lastSec = nowSec()
    this.#windowSec = startSec + Math.floor(this.#lastSec - startSec)
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  /** A rate of a search. */
  set perSec(rate: number) {
    this.#perSec = Math.min(rate, this.#options.spec.caps.perSec)
  }

  /** Closes every connection at once; how many there were. */
  end(): number {
    if (this.#isOver) return 0
    this.#isOver = true
    clearInterval(this.#timer)
    // What is open now was open to the end.
    this.#flush()
    const open = this.#connections.size
    for (const connection of this.#connections) connection.close()
    return open
  }

  #tick(): void {
    const now = this.#options.nowSec()
    const { caps } = this.#options.spec
    while (now >= this.#windowSec + 1) this.#flush()
    if (now - this.#beganSec >= caps.seconds) {
      this.end()
      return
    }
    const passed = Math.min(mostLateSec, now - this.#lastSec)
    this.#lastSec = now
    this.#dueTries += passed * this.#perSec
    this.#dueOpens += passed * (this.#pattern.style === 'messages' ? messagesOpenPerSec : this.#perSec)
    if (this.#pattern.style !== 'tries') this.#hold()
    if (this.#pattern.style === 'held') return
    for (; this.#dueTries >= 1; this.#dueTries--) {
      if (this.#pattern.style === 'tries') this.#open()
      else this.#send()
    }
    for (const connection of this.#connections) connection.look(now)
  }

  /** Opens what is missing of the connections that are wanted. */
  #hold(): void {
    const { connections, caps } = this.#options.spec
    const wanted = Math.min(connections, caps.sockets)
    for (; this.#dueOpens >= 1; this.#dueOpens--) {
      if (this.#connections.size >= wanted) {
        this.#dueOpens = 0
        return
      }
      this.#open()
    }
  }

  #open(): void {
    const n = this.#opens++
    const tally = this.#tallyAt(n)
    const { spec, address, nowSec } = this.#options
    if (this.#connections.size >= spec.caps.sockets || this.#bytes >= spec.caps.bytes) {
      tally.count('capped')
      return
    }
    const isTry = this.#pattern.style !== 'messages'
    if (isTry) tally.tried(nowSec())
    const connection = new AttackConnection({
      ...{ n, pattern: this.#pattern, target: spec.target, address, nowSec },
      source: tally.source,
      events: {
        opened: () => tally.opened(),
        wrote: (bytes) => {
          this.#bytes += bytes
          tally.count('bytesOut', bytes)
        },
        read: (bytes) => tally.count('bytesIn', bytes),
        heard: (heard, compared) => this.#heard(tally, heard, compared),
        ended: (ended) => {
          this.#connections.delete(connection)
          this.#ended(tally, ended)
        },
        mayWrite: () => this.#bytes < spec.caps.bytes && !this.#isOver,
      },
    })
    this.#connections.add(connection)
  }

  /** A message over the next connection that can take one. */
  #send(): void {
    const all = [...this.#connections]
    for (let i = 0; i < all.length; i++) {
      const at = (this.#nextConnection + i) % all.length
      const connection = all[at]
      if (connection?.send(this.#tries) !== true) continue
      this.#nextConnection = at + 1
      this.#tries++
      this.#tallyOf(connection.source).tried(this.#options.nowSec())
      return
    }
    this.#tallyAt(this.#tries++).count('capped')
  }

  #heard(tally: Tally, { status, text, says }: Heard, compared: Compared | undefined): void {
    const { blockedText } = this.#options.spec
    const isBlocked =
      (status !== undefined && this.#blockedBy.has(status)) || (blockedText !== undefined && text?.includes(blockedText) === true)
    if (status !== undefined) tally.status(status)
    if (compared !== undefined) tally.timed(compared.isKnown, compared.micros)
    // Who is blocked is told nothing of users.
    if (compared !== undefined && says !== undefined && !isBlocked) tally.said(compared.isKnown, says)
    if (isBlocked) tally.blocked(this.#options.nowSec())
    // A frame or a line answers no message by itself.
    else if (status !== undefined) tally.passed()
  }

  #ended(tally: Tally, { how, heldSec, answered, wasOpen }: Ended): void {
    if (wasOpen) tally.gone(heldSec, how !== 'ours')
    if (how === 'ours') return
    if (how === 'unable') tally.count('capped')
    else if (how === 'silent') tally.count('silent')
    else if (!answered && (this.#pattern.style !== 'held' || !wasOpen || heldSec < unwantedSec)) {
      tally.status('closed')
      if (this.#blockedBy.has('closed')) tally.blocked(this.#options.nowSec())
      else tally.count('dropped')
    }
  }

  #tallyAt(n: number): Tally {
    return this.#tallies[n % this.#tallies.length] ?? this.#tallyOf('')
  }

  #tallyOf(source: string): Tally {
    const tally = this.#tallies.find((one) => one.source === source)
    if (tally === undefined) throw new Error(`no source ${source}`)
    return tally
  }

  #flush(): void {
    const { spec, test, onWindows } = this.#options
    const oldest = new Map<string, number>()
    for (const { source, heldSec } of this.#connections) oldest.set(source, Math.max(oldest.get(source) ?? 0, heldSec))
    const windows = this.#tallies.flatMap((tally) => {
      const window = tally.take(oldest.get(tally.source))
      return window === undefined ? [] : [{ t: this.#windowSec, kind: 'attack' as const, test, attack: spec.id, ...window }]
    })
    this.#windowSec += 1
    if (windows.length > 0) onWindows(windows)
  }
}
