import type { ProbeSpec } from '../model/plan-spec.ts'

/** Watches something once a second. Values are named in full, e.g. `target.cpu`. */
export interface Probe {
  readonly name: string
  /** Unit of each value it can give: `ratio`, `bytes`, `perSec`, `sec`, `count`. A key that ends in `*` stands for a family of names. */
  readonly units: Readonly<Record<string, string>>
  /** May leave names out that have no value yet (rates need two looks). */
  sample(): Promise<Record<string, number>>
  /** What is no number, learnt over the run: slowest statements, settings. */
  facts?(): Promise<ProbeFact[]>
  stop(): Promise<void>
}

export interface ProbeFact {
  readonly fact: string
  readonly value: unknown
}

/** What probes may need to know of the run. */
export interface ProbeContext {
  /** First process of the target; absent when only its URL is known. A function, because a target can be started afresh. */
  readonly targetPid: () => number | undefined
  /** First processes of the services: their trees are not the target's. */
  readonly servicePids: () => readonly number[]
  /** Connection strings by name of service. */
  readonly services: Readonly<Record<string, { readonly url: string }>>
  /** Folder whose disk is watched. */
  readonly runDir: string
}

export interface UnavailableProbe {
  readonly probe: string
  readonly reason: string
}

export type ProbeFactory<S extends ProbeSpec = ProbeSpec> = (spec: S, context: ProbeContext) => Promise<Probe>
