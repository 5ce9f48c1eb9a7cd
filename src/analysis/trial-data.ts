import type { TestSpec } from '../model/plan-spec.ts'
import type { EndReason, RunEvent, TrialEnd, TrialPlan } from '../model/run-event.ts'
import type { FailureExample, SeriesWindow } from '../model/sample.ts'
import type { AttackPoint } from './attack/index.ts'
import type { LinkPoint } from './link-log.ts'
import type { ProbePoint } from './probe-log.ts'
import type { SecondRow } from './second-row.ts'
import type { Range, Selection } from './series-log.ts'
import type { GeneratorSecond, TestData } from './test-data.ts'
import type { SeriesKind, TotalByKind } from './totals.ts'
import { trialSpec } from './trial-spec.ts'

/** A trial of a search as the record tells it. */
export interface TrialRecord {
  readonly plan: TrialPlan
  /** Seconds from the start of the test's load. */
  readonly fromSec: number
  /** End of its load. */
  readonly toSec: number
  /** Until here everything belongs to it: answers that come after the load, and the settling. */
  readonly tailSec: number
  /** `unknown`: the record breaks off in it. */
  readonly end: TrialEnd | 'unknown'
  readonly condition?: string
  readonly settle?: { readonly sec: number; readonly settled: boolean; readonly waitedFor: readonly string[] }
  /** The trial seen as a test whose second 0 is its start. */
  readonly view: TestData
}

/** The trials of a search, in order. The last one of a running test may still run. */
export function trialsOf(test: TestData): readonly TrialRecord[] {
  const startSec = test.loadStartSec
  const { capacity } = test.spec
  if (startSec === undefined || capacity === undefined) return []
  const starts = test.events.filter((event) => event.kind === 'trial-started')
  return starts.map((start, i): TrialRecord => {
    const { trial, purpose, load, factor, durationSec } = start
    const ended = test.events.find((event) => event.kind === 'trial-ended' && event.trial === trial)
    const settled = test.events.find((event) => event.kind === 'settled' && event.afterTrial === trial)
    const fromSec = Math.round(start.t - startSec)
    const tailSec = i + 1 < starts.length ? Math.round((starts[i + 1]?.t ?? 0) - startSec) : Infinity
    const toSec = ended === undefined ? Math.min(fromSec + durationSec, Math.max(fromSec, test.loadSec)) : ended.t - startSec
    const place = { fromSec, toSec, tailSec, end: ended?.kind === 'trial-ended' ? ended.reason : ('unknown' as const) }
    const spec = trialSpec(test.spec, capacity, { load, durationSec })
    return {
      plan: { trial, purpose, load, durationSec, ...(factor === undefined ? {} : { factor }) },
      ...place,
      ...(ended?.kind === 'trial-ended' && ended.condition !== undefined ? { condition: ended.condition } : {}),
      ...(settled?.kind === 'settled'
        ? { settle: { sec: settled.sec, settled: settled.settled, waitedFor: settled.waitedFor } }
        : {}),
      view: new TrialView(test, spec, place),
    }
  })
}

interface Place {
  readonly fromSec: number
  readonly toSec: number
  readonly tailSec: number
  readonly end: TrialEnd | 'unknown'
}

/** Ends of the load come a moment after a whole second; a second that is here but for so much is whole. */
const almostSec = 0.05

class TrialView implements TestData {
  readonly spec: TestSpec
  readonly #test: TestData
  readonly #place: Place

  constructor(test: TestData, spec: TestSpec, place: Place) {
    this.#test = test
    this.spec = spec
    this.#place = place
  }

  get name(): string {
    return this.#test.name
  }

  get startSec(): number {
    return (this.#test.loadStartSec ?? this.#test.startSec) + this.#place.fromSec
  }

  get loadStartSec(): number {
    return this.startSec
  }

  get loadSec(): number {
    return Math.max(0, this.#place.toSec - this.#place.fromSec)
  }

  get loadEnd(): EndReason | undefined {
    return this.end
  }

  /** What ended a trial early is not what ended a test: the search goes on. */
  get end(): EndReason | undefined {
    const { end } = this.#place
    if (end === 'unknown') return undefined
    return end === 'interrupted' || end === 'target-died' ? end : 'completed'
  }

  get endSec(): number | undefined {
    const { tailSec } = this.#place
    return tailSec === Infinity ? this.#test.endSec : this.startSec + tailSec - this.#place.fromSec
  }

  get events(): readonly RunEvent[] {
    return this.#test.events.filter(({ t }) => this.#holds(t))
  }

  get examples(): readonly FailureExample[] {
    return this.#test.examples.filter(({ atSec }) => this.#holds(atSec))
  }

  #holds(runSec: number): boolean {
    const at = runSec - (this.#test.loadStartSec ?? 0)
    return at >= this.#place.fromSec && at < this.#place.tailSec
  }

  get judged(): Range {
    const whole = Math.floor(this.loadSec + almostSec)
    return { from: 0, to: whole > 0 ? whole : Math.ceil(this.loadSec) }
  }

  secondsIn({ from, to }: Range): number {
    return Math.max(0, Math.min(to, this.loadSec) - Math.max(0, from))
  }

  series(kind: SeriesKind): string[] {
    return this.#test.series(kind)
  }

  total<K extends SeriesKind>(kind: K, { name, range }: Selection = {}): TotalByKind[K] {
    return this.#test.total(kind, { name, range: this.#inTest(range) })
  }

  windowsAt(kind: SeriesKind, sec: number): readonly SeriesWindow[] {
    const at = sec + this.#place.fromSec
    return at >= this.#place.fromSec && at < this.#place.tailSec ? this.#test.windowsAt(kind, at) : []
  }

  rows(selection: Selection & { readonly kind?: 'request' | 'step' | 'scenario' } = {}): readonly SecondRow[] {
    const rows = this.#test.rows({ ...selection, range: this.#inTest(selection.range) })
    return rows.map((row) => ({ ...row, sec: row.sec - this.#place.fromSec }))
  }

  generators(range?: Range): readonly GeneratorSecond[] {
    return this.#test.generators(this.#inTest(range)).map(({ sec, window }) => ({ sec: sec - this.#place.fromSec, window }))
  }

  probe(name: string, range?: Range): readonly ProbePoint[] {
    return this.#test.probe(name, this.#inTest(range)).map(({ t, value }) => ({ t: t - this.#place.fromSec, value }))
  }

  link(name: string, range?: Range): readonly LinkPoint[] {
    return this.#test.link(name, this.#inTest(range)).map((point) => ({ ...point, t: point.t - this.#place.fromSec }))
  }

  /** A search has no attacks. */
  attack(): readonly AttackPoint[] {
    return []
  }

  /** A range of the trial, cut to it, in seconds of the test. */
  #inTest(range: Range | undefined): Range {
    const { fromSec, tailSec } = this.#place
    return {
      from: Math.max(fromSec, fromSec + (range?.from ?? 0)),
      to: Math.min(tailSec, fromSec + (range?.to ?? Infinity)),
    }
  }
}
