import { createRunData } from '../../src/analysis/index.ts'
import type { RunData, TestData } from '../../src/analysis/index.ts'
import type { AttackSpec } from '../../src/model/attack-spec.ts'
import type { AttackWindow } from '../../src/model/attack-window.ts'
import type { FaultSpec } from '../../src/model/fault-spec.ts'
import type { ObjectiveSpec } from '../../src/model/objective-spec.ts'
import type { TestSpec } from '../../src/model/plan-spec.ts'
import type { GeneratorWindow, RequestWindow } from '../../src/model/sample.ts'
import { recordSchema } from '../../src/model/schema-version.ts'
import { healthyRecord, histogramOf } from './healthy-record.ts'
import type { OutageLoad, SimulatedOutage, SimulatedRequest } from './simulated-outages.ts'

export interface OutageRecordOptions {
  readonly fault?: FaultSpec['fault']
  readonly objectives?: readonly ObjectiveSpec[]
  /** Seconds into its second at which the fault begins and ends: events come when they come. */
  readonly lateSec?: number
  /** More than the one fault of the load, each with its own times. */
  readonly faults?: readonly { readonly id: string; readonly atSec: number; readonly forSec: number }[]
  readonly warmupSec?: number
  readonly reverted?: boolean
  /** Attacks at their times, with what they did: seconds from the start of the load. */
  readonly attacks?: readonly {
    readonly spec: AttackSpec
    readonly windows: readonly (AttackWindow & { readonly t: number })[]
    /** Entries of the target's audit log. */
    readonly counted?: { readonly before: number; readonly after: number }
  }[]
}

export const outageStart = 2

/** The record that a run would have kept of a simulated outage. */
export function outageRecord(load: OutageLoad, { requests, calls }: SimulatedOutage, options: OutageRecordOptions = {}): RunData {
  const { lateSec = 0, fault = { kind: 'down', on: 'db' }, reverted = true } = options
  const seconds = load.stages.reduce((sum, { sec }) => sum + sec, 0)
  const spec = specOf(load, { seconds, fault, options })
  // The header of a healthy run; all that was measured is our own.
  const data = createRunData({ ...healthyRecord({ seconds: 1 }).header })
  data.addEvent({ t: 0, kind: 'run-started', schema: recordSchema, startedAt: '2026-11-21T12:00:00.000Z' })
  data.addEvent({ t: 1, kind: 'test-started', test: spec.name, spec })
  data.addEvent({ t: outageStart, kind: 'load-started', test: spec.name })
  addWindows(data, { requests, seconds, test: spec.name })
  const bySpan = new Map<number, { calls: number; answered: number }>()
  const span = (at: number) => {
    const key = Math.floor(at * 10)
    const found = bySpan.get(key) ?? { calls: 0, answered: 0 }
    bySpan.set(key, found)
    return found
  }
  for (const { at, answeredAt } of calls) {
    span(at).calls++
    if (answeredAt < Infinity) span(answeredAt).answered++
  }
  for (const [key, counts] of [...bySpan].sort(([a], [b]) => a - b))
    data.addWindow({
      ...{
        t: outageStart + key / 10,
        kind: 'link',
        link: 'db',
        failed: 0,
        connections: 0,
        broken: 0,
        open: 1,
        bytesUp: 0,
        bytesDown: 0,
      },
      ...counts,
    })
  for (const { spec: attack, windows, counted } of options.attacks ?? []) {
    const { id, atSec, forSec } = attack
    const [at, to] = [outageStart + atSec, outageStart + atSec + forSec]
    data.addEvent({ t: at, kind: 'attack-started', test: spec.name, id, attack: attack.attack.kind, ok: true, evidence: 'seen' })
    for (const [i, perSec] of (attack.search?.rates ?? []).entries())
      data.addEvent({ t: at + i * (attack.search?.eachSec ?? 0), kind: 'attack-step', test: spec.name, id, perSec })
    for (const window of windows) data.addWindow({ ...window, t: outageStart + window.t })
    data.addEvent({ t: to, kind: 'attack-ended', test: spec.name, id, closed: 0, why: 'completed' })
    if (counted !== undefined) data.addEvent({ t: to + 1, kind: 'attack-counted', test: spec.name, id, ...counted })
  }
  for (const one of spec.faults ?? []) {
    const [at, to] = [outageStart + one.atSec + lateSec, outageStart + one.atSec + one.forSec + lateSec]
    const common = { test: spec.name, id: one.id, evidence: 'seen' }
    data.addEvent({ t: at, kind: 'fault-started', fault: one.fault.kind, verified: true, ...common })
    if (one.atSec + one.forSec <= seconds) data.addEvent({ t: to, kind: 'fault-ended', held: true, reverted, ...common })
  }
  data.addEvent({ t: outageStart + seconds, kind: 'load-ended', test: spec.name, reason: 'completed' })
  data.addEvent({ t: outageStart + seconds + 0.5, kind: 'test-ended', test: spec.name, reason: 'completed' })
  data.addEvent({ t: outageStart + seconds + 1, kind: 'run-ended', reason: 'completed' })
  return data
}

export function outageTest(data: RunData): TestData {
  const [test] = data.tests
  if (test === undefined) throw new Error('the record has no test')
  return test
}

function specOf(
  { stages, process, atSec, forSec }: OutageLoad,
  { seconds, fault, options }: { seconds: number; fault: FaultSpec['fault']; options: OutageRecordOptions },
): TestSpec {
  const faults = options.faults ?? [{ id: 'the outage', atSec, forSec }]
  return {
    ...{ name: 'outage', suite: 'stress', kind: 'arrivals', durationSec: seconds, gracefulStopSec: 5, phases: [], stopWhen: [] },
    loads: [
      {
        load: {
          ...{ model: 'open', process, maxUsers: 100_000 },
          stages: stages.map(({ perSec, sec }) => ({ from: perSec, to: perSec, durationSec: sec })),
        },
        mix: { main: 1 },
      },
    ],
    warmupSec: options.warmupSec ?? 0,
    objectives: options.objectives ?? [],
    fresh: false,
    faults: faults.map((one) => ({ ...one, fault })),
    ...(options.attacks === undefined ? {} : { attacks: options.attacks.map(({ spec }) => spec) }),
    links: ['db'],
  }
}

function addWindows(
  data: RunData,
  {
    requests,
    seconds,
    test,
  }: { readonly requests: readonly SimulatedRequest[]; readonly seconds: number; readonly test: string },
): void {
  // Whoever is under way when the load ends gets five seconds more.
  const stop = seconds + 5
  const ended: SimulatedRequest[][] = Array.from({ length: stop + 1 }, () => [])
  const [planned, inFlight] = [new Float64Array(stop + 1), new Float64Array(stop + 1)]
  for (const request of requests) {
    const end = Math.min(request.end, stop)
    planned[Math.floor(request.due)] = (planned[Math.floor(request.due)] ?? 0) + 1
    for (let sec = Math.floor(request.due); sec < end; sec++)
      inFlight[sec] = (inFlight[sec] ?? 0) + Math.min(end, sec + 1) - Math.max(request.due, sec)
    ended[Math.min(stop, Math.floor(end))]?.push(request)
  }
  for (let sec = 0; sec <= stop; sec++) {
    const at = { t: outageStart + sec, test }
    data.addWindow({ ...at, ...requestWindow(ended[sec] ?? [], stop) })
    data.addWindow({ ...at, ...generatorWindow(planned[sec] ?? 0, inFlight[sec] ?? 0) })
  }
}

function requestWindow(requests: readonly SimulatedRequest[], stop: number): RequestWindow {
  const micros = ({ due, end }: SimulatedRequest): number => Math.max(1, Math.round((Math.min(end, stop) - due) * 1e6))
  const [answered, aborted] = [requests.filter(({ end }) => end < stop), requests.filter(({ end }) => end >= stop)]
  const of = (outcome: SimulatedRequest['outcome']) => answered.filter((request) => request.outcome === outcome)
  const [ok, bad, refused, late] = [of('ok'), of('status'), of('refused'), of('timeout')]
  const response = histogramOf([...ok, ...bad].map(micros))
  return {
    ...{ kind: 'request', name: 'GET /a', count: requests.length, failed: requests.length - ok.length },
    ...{ bytesIn: 1000 * ok.length, bytesOut: 100 * requests.length, response, service: response },
    ...(bad.length === 0 ? {} : { failedResponse: histogramOf(bad.map(micros)) }),
    censored: histogramOf([...late, ...aborted].map(micros)),
    failures: {
      ...(bad.length > 0 ? { status: bad.length } : {}),
      ...(refused.length > 0 ? { refused: refused.length } : {}),
      ...(late.length > 0 ? { timeout: late.length } : {}),
      ...(aborted.length > 0 ? { aborted: aborted.length } : {}),
    },
    statuses: { ...(ok.length > 0 ? { 200: ok.length } : {}), ...(bad.length > 0 ? { 503: bad.length } : {}) },
    parts: {},
  }
}

function generatorWindow(planned: number, inFlightSec: number): GeneratorWindow {
  return {
    ...{ kind: 'generator', worker: 0, lengthSec: 1, usersMean: inFlightSec, usersMax: Math.ceil(inFlightSec), inFlightSec },
    ...{
      inFlightMax: Math.ceil(inFlightSec),
      iterationsInFlightSec: inFlightSec,
      thinkSec: 0,
      planned,
      started: planned,
      queued: 0,
    },
    dropped: { usersCap: 0, generator: 0, target: 0 },
    ...{ usersCapSec: 0, socketsCapSec: 0, lateSends: 0, sends: planned, gaps: { count: 0, sum: 0, sumSquares: 0 } },
    ...{ cpu: 0.2, runQueueWait: 0.01, loopBusy: 0.2, loopDelayP99Ms: 0.3, loopDelayMaxMs: 1, gcMaxMs: 0.5, heapBytes: 50e6 },
    ...{ silenceMaxMs: 12, clockBackwards: 0, requestsStarted: planned, requestsInFlight: 0 },
  }
}
