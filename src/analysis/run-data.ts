import type { AuditLine } from '../model/audit-record.ts'
import type { EndReason, RunEvent } from '../model/run-event.ts'
import type { RunHeader } from '../model/run-header.ts'
import type { WindowLine } from '../model/sample.ts'
import { AuditLog } from './audit/index.ts'
import { LinkLog } from './link-log.ts'
import type { LinkPoint } from './link-log.ts'
import { ProbeLog } from './probe-log.ts'
import type { ProbePoint } from './probe-log.ts'
import { TestLog } from './test-data.ts'
import type { TestData } from './test-data.ts'

/** The run record as verdicts, live view and report read it: grows by one event or window at a time, windows in any order. */
export interface RunData {
  readonly header: RunHeader
  readonly events: readonly RunEvent[]
  readonly tests: readonly TestData[]
  test(name: string): TestData | undefined
  /** How the run ended; undefined while it runs, or when the record is cut. */
  readonly end: EndReason | undefined
  /** Latest time seen on the run clock. */
  readonly lastSec: number
  readonly probeNames: readonly string[]
  readonly probeUnits: Readonly<Record<string, string>>
  /** On the run clock, from <= t < to. */
  probe(name: string, from?: number, to?: number): readonly ProbePoint[]
  /** Links of our proxy that something crossed. */
  readonly linkNames: readonly string[]
  /** Tenths of a second of a link, on the run clock, from <= t < to; tenths without anything are left out. */
  link(name: string, from?: number, to?: number): readonly LinkPoint[]
  /** What probes learnt that is no number: the latest value of each fact. */
  fact(probe: string, fact: string): unknown
  readonly facts: readonly { readonly t: number; readonly probe: string; readonly fact: string; readonly value: unknown }[]
  /** What scenarios wrote and what is there in the end. */
  readonly audit: AuditLog
  addEvent(event: RunEvent): void
  addWindow(line: WindowLine): void
  addAudit(line: AuditLine): void
}

export function createRunData(header: RunHeader): RunData {
  return new RunLog(header)
}

class RunLog implements RunData {
  readonly header: RunHeader
  readonly events: RunEvent[] = []
  readonly tests: TestLog[] = []
  readonly facts: { t: number; probe: string; fact: string; value: unknown }[] = []
  readonly probeUnits: Record<string, string> = {}
  end: EndReason | undefined
  lastSec = 0
  readonly audit = new AuditLog()
  readonly #probes = new ProbeLog()
  readonly #links = new LinkLog()
  readonly #early = new Map<string, Exclude<WindowLine, { kind: 'probe' | 'link' | 'attack' }>[]>()

  constructor(header: RunHeader) {
    this.header = header
  }

  test(name: string): TestLog | undefined {
    return this.tests.find((test) => test.name === name)
  }

  get probeNames(): string[] {
    return this.#probes.names
  }

  probe(name: string, from?: number, to?: number): readonly ProbePoint[] {
    return this.#probes.points(name, from, to)
  }

  get linkNames(): string[] {
    return this.#links.names
  }

  link(name: string, from?: number, to?: number): readonly LinkPoint[] {
    return this.#links.points(name, from, to)
  }

  fact(probe: string, fact: string): unknown {
    return this.facts.findLast((one) => one.probe === probe && one.fact === fact)?.value
  }

  addEvent(event: RunEvent): void {
    this.events.push(event)
    this.lastSec = Math.max(this.lastSec, event.t)
    if (event.kind === 'test-started') this.#startTest(new TestLog(event.spec, event.t, this.#probes, this.#links))
    if (event.kind === 'run-resumed') this.#resume()
    if (event.kind === 'run-ended') this.end = event.reason
    if (event.kind === 'probe-units') Object.assign(this.probeUnits, event.units)
    if (event.kind === 'probe-fact') this.facts.push({ t: event.t, probe: event.probe, fact: event.fact, value: event.value })
    if ('test' in event) this.test(event.test)?.addEvent(event)
  }

  #resume(): void {
    this.end = undefined
    for (const test of this.tests) test.resume()
  }

  #startTest(test: TestLog): void {
    this.tests.push(test)
    for (const line of this.#early.get(test.name) ?? []) test.addWindow(line.t, line)
    this.#early.delete(test.name)
  }

  addAudit(line: AuditLine): void {
    this.lastSec = Math.max(this.lastSec, line.t)
    this.audit.add(line)
  }

  addWindow(line: WindowLine): void {
    this.lastSec = Math.max(this.lastSec, line.t)
    if (line.kind === 'probe') {
      this.#probes.add(line.t, line.values)
      return
    }
    if (line.kind === 'link') {
      this.#links.add(line)
      return
    }
    const test = this.test(line.test)
    if (line.kind === 'attack') {
      test?.addAttack(line)
      return
    }
    if (test) test.addWindow(line.t, line)
    else this.#early.set(line.test, [...(this.#early.get(line.test) ?? []), line])
  }
}
