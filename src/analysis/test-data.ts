import type { TestSpec } from '../model/plan-spec.ts'
import type { AttackWindow } from '../model/attack-window.ts'
import type { EndReason, RunEvent } from '../model/run-event.ts'
import type { FailureExample, GeneratorWindow, SeriesWindow } from '../model/sample.ts'
import type { AttackPoint } from './attack/attack-log.ts'
import { AttackLog } from './attack/attack-log.ts'
import type { LinkLog, LinkPoint } from './link-log.ts'
import type { ProbeLog, ProbePoint } from './probe-log.ts'
import { secondRow } from './second-row.ts'
import type { SecondRow } from './second-row.ts'
import { SeriesLog } from './series-log.ts'
import type { Range, Selection } from './series-log.ts'
import type { SeriesKind, TotalByKind } from './totals.ts'

/** The windows of one worker's generator, with their second. */
export interface GeneratorSecond {
  readonly sec: number
  readonly window: GeneratorWindow
}

/** Everything the record says about one test. All its times are seconds from the start of its load, unless they say run clock. */
export interface TestData {
  readonly name: string
  readonly spec: TestSpec
  /** Run clock. */
  readonly startSec: number
  /** Start of the load on the run clock; undefined until it begins. */
  readonly loadStartSec: number | undefined
  /** End of the load, in seconds from its start; until it is known, the end of the last window. */
  readonly loadSec: number
  readonly loadEnd: EndReason | undefined
  /** How the whole test ended; undefined while it runs or when the record is cut. */
  readonly end: EndReason | undefined
  /** Run clock; undefined until the test has ended. */
  readonly endSec: number | undefined
  /** Events that name this test, in order. */
  readonly events: readonly RunEvent[]
  readonly examples: readonly FailureExample[]
  /** Whole seconds after the warm-up and before the end of the load: what is judged. A second that the end of the load cuts short is left out, unless the load is a number of iterations (then its end is the natural one) or no whole second remains. */
  readonly judged: Range
  /** Seconds of the load within a range: what a rate is divided by. */
  secondsIn(range: Range): number
  /** Names of the series of a kind, in order of appearance. */
  series(kind: SeriesKind): string[]
  /** Windows added up. The answer is kept and grows with the next windows: read it at once, do not hold it. */
  total<K extends SeriesKind>(kind: K, selection?: Selection): TotalByKind[K]
  /** The windows of one second, e.g. for a bootstrap over seconds. */
  windowsAt(kind: SeriesKind, sec: number): readonly SeriesWindow[]
  /** One row a second from 0 to the last second seen. */
  rows(selection?: Selection & { readonly kind?: 'request' | 'step' | 'scenario' }): readonly SecondRow[]
  generators(range?: Range): readonly GeneratorSecond[]
  probe(name: string, range?: Range): readonly ProbePoint[]
  /** Tenths of a second of a link of our proxy; tenths without anything are left out. */
  link(name: string, range?: Range): readonly LinkPoint[]
  /** What an attack did, by second and source. */
  attack(id: string): readonly AttackPoint[]
}

const kinds: readonly SeriesKind[] = ['request', 'step', 'scenario', 'check', 'trend', 'counter', 'gauge']

/** Windows begin on whole seconds of the load; this much earlier still counts as on time. */
const earlySec = 0.05

export class TestLog implements TestData {
  readonly name: string
  readonly spec: TestSpec
  readonly startSec: number
  loadStartSec: number | undefined
  loadEnd: EndReason | undefined
  end: EndReason | undefined
  endSec: number | undefined
  readonly events: RunEvent[] = []
  readonly examples: FailureExample[] = []
  readonly #probes: ProbeLog
  readonly #links: LinkLog
  readonly #logs: Readonly<Record<SeriesKind, SeriesLog>>
  readonly #attacks = new AttackLog()
  readonly #generators: GeneratorSecond[] = []
  readonly #rows = new Map<string, SecondRow[]>()
  #early: { t: number; window: SeriesWindow | GeneratorWindow }[] = []
  #loadEndSec: number | undefined
  #lastEnd = 0

  constructor(spec: TestSpec, startSec: number, probes: ProbeLog, links: LinkLog) {
    this.name = spec.name
    this.spec = spec
    this.startSec = startSec
    this.#probes = probes
    this.#links = links
    // Built from the list of kinds, so it has them all.
    this.#logs = Object.fromEntries(kinds.map((kind) => [kind, new SeriesLog(kind)])) as Record<SeriesKind, SeriesLog>
  }

  addEvent(event: RunEvent): void {
    this.events.push(event)
    switch (event.kind) {
      case 'load-started':
        this.loadStartSec = event.t
        for (const { t, window } of this.#early) this.addWindow(t, window)
        this.#early = []
        return
      case 'load-ended':
        this.loadEnd = event.reason
        this.#loadEndSec = event.t
        return
      case 'test-ended':
        this.end = event.reason
        this.endSec = event.t
        return
      case 'failure-example': {
        const { failure, name, message, user, iteration, atSec } = event
        this.examples.push({ failure, name, message, user, iteration, atSec })
        return
      }
      default:
    }
  }

  /** The run goes on after it was cut off: a test that did not come to its end has not ended. */
  resume(): void {
    if (this.end === 'completed') return
    this.loadEnd = this.end = this.endSec = this.#loadEndSec = undefined
  }

  addWindow(t: number, window: SeriesWindow | GeneratorWindow): void {
    if (this.loadStartSec === undefined) {
      this.#early.push({ t, window })
      return
    }
    const sec = Math.floor(t - this.loadStartSec + earlySec)
    this.#lastEnd = Math.max(this.#lastEnd, sec + 1)
    this.#dropRows(sec)
    if (window.kind === 'generator') this.#generators.push({ sec, window })
    else this.#logs[window.kind].add(sec, window)
  }

  addAttack(window: AttackWindow & { readonly t: number }): void {
    this.#attacks.add(window)
  }

  get loadSec(): number {
    if (this.#loadEndSec === undefined || this.loadStartSec === undefined) return this.#lastEnd
    return Math.max(0, this.#loadEndSec - this.loadStartSec)
  }

  get judged(): Range {
    const from = Math.ceil(this.spec.warmupSec)
    const natural = this.spec.kind === 'iterations' && this.loadEnd === 'completed'
    const whole = natural ? Math.ceil(this.loadSec) : Math.floor(this.loadSec + earlySec)
    return { from, to: whole > from ? whole : Math.max(from, Math.ceil(this.loadSec)) }
  }

  secondsIn({ from, to }: Range): number {
    return Math.max(0, Math.min(to, this.loadSec) - Math.max(0, from))
  }

  series(kind: SeriesKind): string[] {
    return this.#logs[kind].names
  }

  total<K extends SeriesKind>(kind: K, selection: Selection = {}): TotalByKind[K] {
    return this.#logs[kind].total(selection) as TotalByKind[K] // each log totals its own kind
  }

  windowsAt(kind: SeriesKind, sec: number): readonly SeriesWindow[] {
    return this.#logs[kind].at(sec)
  }

  rows({
    kind = 'request',
    name,
    range,
  }: Selection & { readonly kind?: 'request' | 'step' | 'scenario' } = {}): readonly SecondRow[] {
    const key = `${kind}${name === undefined ? '' : ` ${name}`}`
    const rows = this.#rows.get(key) ?? []
    this.#rows.set(key, rows)
    if (rows.length < this.#lastEnd) {
      const generators = this.#generatorsBySecond(rows.length)
      for (let sec = rows.length; sec < this.#lastEnd; sec++) {
        const windows = this.windowsAt(kind, sec)
        const chosen = name === undefined ? windows : windows.filter((window) => window.name === name)
        rows.push(secondRow(sec, chosen, generators.get(sec) ?? []))
      }
    }
    return range ? rows.filter(({ sec }) => sec >= range.from && sec < range.to) : [...rows]
  }

  /** Rows are made again from the second that changed. */
  #dropRows(sec: number): void {
    for (const rows of this.#rows.values()) if (rows.length > sec) rows.length = Math.max(0, sec)
  }

  #generatorsBySecond(from: number): Map<number, GeneratorWindow[]> {
    const bySecond = new Map<number, GeneratorWindow[]>()
    for (let i = this.#generators.length - 1; i >= 0; i--) {
      const one = this.#generators[i]
      if (!one || one.sec < from) continue
      bySecond.set(one.sec, [...(bySecond.get(one.sec) ?? []), one.window])
    }
    return bySecond
  }

  generators(range?: Range): readonly GeneratorSecond[] {
    return range ? this.#generators.filter(({ sec }) => sec >= range.from && sec < range.to) : this.#generators
  }

  probe(name: string, range?: Range): readonly ProbePoint[] {
    const start = this.loadStartSec ?? this.startSec
    const from = range ? start + range.from : this.startSec
    const to = range ? start + range.to : (this.endSec ?? Infinity)
    return this.#probes.points(name, from, to).map(({ t, value }) => ({ t: t - start, value }))
  }

  link(name: string, range?: Range): readonly LinkPoint[] {
    const start = this.loadStartSec ?? this.startSec
    const from = range ? start + range.from : this.startSec
    const to = range ? start + range.to : (this.endSec ?? Infinity)
    return this.#links.points(name, from, to).map((point) => ({ ...point, t: point.t - start }))
  }

  attack(id: string): readonly AttackPoint[] {
    return this.#attacks.points(id, this.loadStartSec ?? this.startSec)
  }
}
