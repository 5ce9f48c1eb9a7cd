import type { Scrape } from '../model/monitor-spec.ts'
import type { ProbeSpec } from '../model/plan-spec.ts'

/** Watches something once a second. Values are named in full, e.g. `target.cpu`. */
export interface Probe {
  readonly name: string
  /** Unit of each value it can give: `ratio`, `bytes`, `bytesPerSec`, `perSec`, `sec`, `count`. A name that ends in `.*` stands for a family. */
  readonly units: Readonly<Record<string, string>>
  /** What it cannot see here, and why: told once. */
  readonly limitations?: readonly string[]
  /** May leave names out that have no value yet (rates need two looks). */
  sample(): Promise<Record<string, number>>
  /** What is no number, learnt since the last call or the start: slowest statements, settings. */
  facts?(): Promise<ProbeFact[]>
  /** Of a page whose `monitor` is compared: looks at it now, apart from the looks of each second. */
  scrape?(): Promise<void>
  /** What it watches was made anew: what was counted so far counts no more. */
  renewed?(): Promise<void>
  stop(): Promise<void>
}

export interface ProbeFact {
  readonly fact: string
  readonly value: unknown
}

/** What probes may need to know of the run. */
export interface ProbeContext {
  /** First process of the target. A function, because a target can be started afresh. */
  readonly targetPid: () => number | undefined
  readonly targetUrl?: string
  /** Connection strings by name of service. */
  readonly services: Readonly<Record<string, { readonly url: string }>>
  /** The run's folder: its disk is watched. */
  readonly folder: string
  /** The test that runs now has faults; absent: always. */
  readonly breaksNow?: () => boolean
  /** Told of each look at a page whose `monitor` is compared, when it is over. */
  readonly scraped?: (scrape: Scrape) => void
}

export interface UnavailableProbe {
  readonly probe: string
  readonly reason: string
}

export type ProbeFactory<S extends ProbeSpec = ProbeSpec> = (spec: S, context: ProbeContext) => Promise<Probe>
